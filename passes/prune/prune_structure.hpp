#pragma once
#include <functional>

#include "passes/quantize/options.hpp"

namespace mote {

struct PruneOptions {
  CalibrationSamples samples{};
  double macs = 0.5;                                  // the share of multiply-accumulates to keep, above 0
  std::function<void(std::int64_t macs)> progress{};  // after each round: what is left; may be empty
};

// Structured pruning of a real graph at Stage::fused: sets of channels that can only go together are taken away, layers
// down to multiples of 4 channels (removal_steps.hpp). A set costs what its removal leaves of the outputs of the
// products that read it, as a share of their variance (lib/quant/input_removal.hpp); those go first that cost the least
// per multiply-accumulate saved. In rounds: behind each, every product is repaired in topological order by least
// squares, from what it now reads to what it gave in the original (lib/quant/product_repair.hpp). Deterministic. Needs
// no labels. Errors: those of a sample; Code::usage with fewer than 8 samples.
[[nodiscard]] Result<Graph> prune_structure(Graph graph, const PruneOptions& options);

}  // namespace mote
