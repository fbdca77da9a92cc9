#pragma once
#include "passes/fit/footprint.hpp"
#include "passes/prune/prune_structure.hpp"

namespace mote {

// What pruning a real graph at Stage::fused should be after next, given that it takes `now` when quantized: cycles first,
// then flash. Nothing: no limit is broken that is a sum over layers (memory: widths.hpp).
//   cycles  a channel's share of the multiply-accumulates on either side
//   flash   a channel's share of the weights on either side, and the bias and multiplier of a result
// At most a twentieth of what there is at once, so that what is left is repaired and judged anew.
[[nodiscard]] std::optional<PruneRound> next_relief(const Graph& graph, const Footprint& now, const FitLimits& limits);

}  // namespace mote
