#pragma once
#include "lib/exec/host_program.hpp"
#include "passes/prune/product_references.hpp"
#include "passes/prune/removal_steps.hpp"
#include "passes/quantize/calibrate/output_error.hpp"

namespace mote {

// How far a network that is being pruned is from the original where it counts, at its outputs (OutputError, the mean over
// some of the samples that are not held out).
class OutputLoss {
 public:
  // Errors: those of a sample.
  [[nodiscard]] static Result<OutputLoss> start(const Graph& original, const ChosenSamples& samples);

  // From now on it is about this form of the network.
  void look_at(const Graph& now);
  // With other parameters for some of its products, which all have a bias.
  [[nodiscard]] double with(std::span<const SetReader> changed);

 private:
  [[nodiscard]] std::vector<OutputError::Outputs> outputs();
  std::vector<ComparedOutput> compared_{};
  std::vector<std::vector<Tensor>> inputs_{};  // by sample
  OutputError error_{};
  Graph graph_{};
  std::vector<HostProgram> programs_{};  // by thread
};

}  // namespace mote
