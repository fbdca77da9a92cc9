#pragma once
#include <optional>
#include <vector>

#include "lib/data/augment.hpp"
#include "lib/data/labels.hpp"
#include "lib/exec/trainer.hpp"
#include "passes/distill/distillation.hpp"

namespace mote {

// What a student is shown.
struct TrainingSamples {
  DataSet set;
  std::optional<Labels> labels{};             // classes, one per sample
  std::vector<Augmentation> augmentations{};  // by input; empty: every epoch shows the samples as they are
  // Mixes each with another, else three in four. What a network that knows something already could learn by heart is
  // then never shown again (Beyer et al. 2022, arXiv:2106.05237); one that knows nothing learns more from what is
  // clear.
  bool always_mixed = false;
};

// The samples without labels, changed in the way that suits each input (lib/data/augment.hpp).
[[nodiscard]] TrainingSamples lessons_from(DataSet set, const Graph& graph);

// Of TrainingOptions, for a network that has lost channels; random weights learn faster.
inline constexpr double recovery_rate = 4e-3;
inline constexpr std::int64_t recovery_batch = 8;

// Distilling as far as it needs no files: from two graphs at Stage::fused of the same inputs and outputs to the trained
// student. A student whose values are marked (FakeQuantize) learns with its levels, and its scales with them
// (passes/distill/learned_levels.hpp), and is told outputs alone, not features.
class Distilling {
 public:
  // Code::shape_mismatch, Code::unsupported_form, Code::bad_data for labels beyond the student's scores. The samples
  // must outlive it; the share of them that is held out (TrainingOptions) takes no part in the beginning, either.
  [[nodiscard]] static Result<Distilling> begin(Graph student, const Graph& teacher, const TrainingSamples& samples,
                                                DistillationOptions options, double held_out = usual_held_out);

  // Of what is trained, for checkpoints. `seed` of everything that is drawn.
  [[nodiscard]] TrainingProblem problem(std::uint64_t seed) const;
  // The student with the best variables of a state.
  [[nodiscard]] Graph student(const TrainingState& state) const;

 private:
  Distilling(Graph student, Graph learner, Distillation parts, const TrainingSamples& samples)
      : student_(std::move(student)), learner_(std::move(learner)), parts_(std::move(parts)), samples_(&samples) {}

  Graph student_, learner_;
  Distillation parts_;
  const TrainingSamples* samples_;
};

// All of it at once.
[[nodiscard]] Result<Graph> distilled(Graph student, const Graph& teacher, const TrainingSamples& samples,
                                      const DistillationOptions& options, const TrainingOptions& training,
                                      const TrainingObserver& observe);

}  // namespace mote
