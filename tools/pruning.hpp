#pragma once
#include "passes/quantize/options.hpp"
#include "tools/quantize_options.hpp"

namespace mote {

// A real network in front of structured pruning and behind it, at Stage::fused.
struct PrunedGraph {
  Graph original{}, pruned{};
};
// Keeps that share of the multiply-accumulates of the channels that matter (passes/prune/prune_network.hpp), by the
// samples and many more like them. Without a share, only channels that nothing depends on go.
[[nodiscard]] Result<PrunedGraph> prune_graph(Graph graph, const CalibrationSamples& samples,
                                              std::optional<double> share);

// With `options.prune`, what is left of a network, with `options.distill` when it has learned from what it was; otherwise
// as it is.
[[nodiscard]] Result<Graph> pruned_if_asked(Graph graph, const QuantizationOptions& options, const std::string& config,
                                            const CalibrationSamples& samples);

}  // namespace mote
