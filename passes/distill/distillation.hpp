#pragma once
#include <optional>
#include <vector>

#include "lib/ir/graph.hpp"
#include "passes/distill/features.hpp"

namespace mote {

// How far a student is from its teacher, for one sample:
//   divergence   T^2 KL(softmax(teacher / T) || softmax(student / T)), the mean over rows, of the numbers in front of
//   the
//                last Softmax or LogSoftmax, where there is one (Hinton et al. 2015, arXiv:1503.02531); with labels,
//                (1 - label_share) of this and label_share of the cross entropy with the label
//   difference   the mean squared difference of the outputs
// Several outputs count equally. Automatic: divergence where teacher or student ends in Softmax or LogSoftmax or labels
// are given, else difference.
enum class DistillationLoss : std::uint8_t { automatic, divergence, difference };

struct DistillationOptions {
  DistillationLoss loss = DistillationLoss::automatic;
  float temperature = 3.0F;
  bool with_labels = false;
  float label_share = 0.5F;
  std::vector<Feature> features{};  // of the student and the teacher that are joined
  float feature_weight = 5.0F;      // of the mean over features of their squared errors in units of their variances
};

// One graph of student, teacher and loss, for one sample.
struct Distillation {
  // The student's values under their own ids; inputs are the student's, then labels; the loss is the last
  // output; with features, what is trained, the loss and they, is the first.
  Graph graph{};
  std::vector<ValueId> variables{};  // what the student learns, then the maps of features
  // By variable the size of a large step: the root mean square of its elements, as layers differ in size by orders of
  // magnitude, most of all the first one where inputs are bytes; 1 for zeros and for logarithms of scales.
  std::vector<float> units{};
  std::vector<bool> keeps_zeros{};   // by variable: it was thinned out (lib/quant/weight_removal.hpp), and stays so
  std::optional<ValueId> fading{};   // f32, the weight of features, which helps at the beginning most
  std::optional<ValueId> labels{};   // f32, the share of each class, of the shape of the student's output
};

// Both at Stage::fused, with inputs and outputs of the same types in the same order; else Code::shape_mismatch. What
// the student learns are the parameters of products and normalizations, and constants per channel in sums and factors;
// nothing in it can be trained: Code::unsupported_form.
[[nodiscard]] Result<Distillation> distillation(const Graph& student, const Graph& teacher,
                                                const DistillationOptions& options);

// Weights as networks begin with them: of products uniform in +-sqrt(6 / inputs per sum), for rectified outputs (He et
// al. 2015, arXiv:1502.01852), biases 0. The same for a seed.
void draw_initial_weights(Graph& student, std::uint64_t seed);

}  // namespace mote
