#pragma once
#include <span>

#include "lib/exec/host_program.hpp"
#include "lib/quant/product_outputs.hpp"
#include "passes/prune/product_references.hpp"
#include "passes/quantize/calibrate/output_error.hpp"

namespace mote {

// Other parameters for a product that has a bias and is in one group.
struct ChangedProduct {
  std::size_t node = 0;
  ProductParameters parameters{};
};

// How far a network that is being pruned is from the original where it counts, at its outputs (OutputError, the mean
// over some of the samples, without those for which the original gives what is not finite).
class OutputLoss {
 public:
  enum class Samples : std::uint8_t { seen, held_out };

  // Errors: those of a sample; Code::bad_data where the original gives something that is not finite for every sample.
  [[nodiscard]] static Result<OutputLoss> start(const Graph& original, const ChosenSamples& samples,
                                                Samples which = Samples::seen);

  // From now on it is about this form of the network, where the original's outputs have the ids that they had there.
  void look_at(const Graph& now);
  // With other parameters for some of its products. Infinite where an output is not finite.
  [[nodiscard]] double with(std::span<const ChangedProduct> changed);
  // The output that made the last one infinite.
  [[nodiscard]] const std::string& spoiled_output() const { return names_[spoiled_]; }

 private:
  [[nodiscard]] std::vector<OutputError::Outputs> outputs();
  [[nodiscard]] Status leave_out_not_finite(std::vector<OutputError::Outputs>& exact);
  std::vector<ComparedOutput> compared_{};
  std::vector<std::string> names_{};  // of the outputs that they are compared for
  std::size_t spoiled_ = 0;
  std::vector<std::vector<Tensor>> inputs_{};  // by sample
  OutputError error_{};
  Graph graph_{};
  std::vector<HostProgram> programs_{};  // by thread
};

}  // namespace mote
