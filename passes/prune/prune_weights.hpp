#pragma once
#include "lib/ops/support/weight_stream.hpp"
#include "passes/quantize/options.hpp"

namespace mote {

struct WeightPruneOptions {
  CalibrationSamples samples{};
  std::int64_t sources = 0;  // sample i is made of source i % sources, changed a little; 0: every sample is its own
  double share = 0.5;  // of the blocks of weights that may become 0; those at the end of a kernel row may be smaller
  ops::StreamBlock block{};  // neighbouring output channels whose weights for neighbouring inputs go together
};

// Weights of a real graph at Stage::fused become 0, those of convolutions without groups and of dense layers, so that
// kernels can leave them out (passes/quantize/skip_zeros.hpp). Those go that cost the outputs of their product the least, as
// a share of their variance; no layer loses more than halfway from `share` to all. Then product by product in topological
// order: the weights are fitted to what the original gave from what the product now reads (lib/quant/product_repair.hpp),
// and those that stay make up for those that go (lib/quant/weight_removal.hpp). Deterministic. Needs no labels. Errors:
// those of a sample; Code::usage with fewer than 8 sources, or where no layer may lose weights.
[[nodiscard]] Result<Graph> prune_weights(Graph graph, const WeightPruneOptions& options);

// Convolutions and dense layers that keep all weights: those with groups, those that blocks do not fit
// (ops::fits_stream), and those that share weights. By the names they have in the model.
[[nodiscard]] std::vector<std::string> layers_kept_whole(const Graph& graph, const ops::StreamBlock& block);

}  // namespace mote
