#pragma once
#include "passes/prune/prune_weights.hpp"
#include "tools/command.hpp"

namespace mote {

struct ThinningOptions {
  double share = 0.0;      // of weights that become 0; 0: none
  std::string block{};     // "2", "2x4"; empty: what suits the target
  std::string target{};    // empty: any
};
void add_thinning_options(CLI::App& app, ThinningOptions& options);

// Weights of a real network at Stage::fused become 0 (passes/prune/prune_weights.hpp), by the samples and many more like
// them.
[[nodiscard]] Result<Graph> thinned_graph(Graph graph, const CalibrationSamples& samples,
                                          const ThinningOptions& options);

// Adds which layers have how many weights of 0, where any has as many as are stored without them.
void report_zeros(const Graph& graph, Report& report);

}  // namespace mote
