#pragma once
#include "passes/prune/prune_structure.hpp"

namespace mote {

struct NetworkPruneOptions {
  CalibrationSamples samples{};
  std::int64_t sources = 0;                                 // as in PruneOptions
  double macs = 0.5;                                        // the share of multiply-accumulates to keep, above 0
  std::function<void(const std::string& what)> progress{};  // may be empty
};

// Structured pruning by two means: convolutions become two in a row of less rank (split_choices.hpp), and channels go
// (prune_structure.hpp). Which share of the savings comes from which is tried out: channels alone, half and half, as
// much as splits can save, and once more between the best of these and the better one beside it; but not where
// splits alone lose more, on the samples that they were found by, than twice what the best network so far loses on
// held-out ones. The best of them is tried again with small layers spared (RemovalPrices). The network is taken whose
// outputs differ least from the original's on held-out samples, and are finite. One without more work than it may have
// stays as it is. Real graph at Stage::fused. Deterministic. Errors: as prune_structure; Code::bad_data where no result
// is finite, in the original or however it is pruned.
[[nodiscard]] Result<Graph> prune_network(Graph graph, const NetworkPruneOptions& options);

}  // namespace mote
