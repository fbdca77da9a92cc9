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

// How far a network that is being pruned is from the original where it counts, at its outputs (OutputError, the mean over
// some of the samples).
class OutputLoss {
 public:
  enum class Samples : std::uint8_t { seen, held_out };

  // Errors: those of a sample.
  [[nodiscard]] static Result<OutputLoss> start(const Graph& original, const ChosenSamples& samples,
                                                Samples which = Samples::seen);

  // From now on it is about this form of the network, where the original's outputs have the ids that they had there.
  void look_at(const Graph& now);
  // With other parameters for some of its products.
  [[nodiscard]] double with(std::span<const ChangedProduct> changed);

 private:
  [[nodiscard]] std::vector<OutputError::Outputs> outputs();
  std::vector<ComparedOutput> compared_{};
  std::vector<std::vector<Tensor>> inputs_{};  // by sample
  OutputError error_{};
  Graph graph_{};
  std::vector<HostProgram> programs_{};  // by thread
};

}  // namespace mote
