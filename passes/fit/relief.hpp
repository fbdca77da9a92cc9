#pragma once
#include "passes/fit/footprint.hpp"
#include "passes/prune/prune_structure.hpp"

namespace mote {

// What pruning a real graph at Stage::fused should be after next, given that it takes `now` when quantized: memory first,
// because only channels of the fullest steps help there, then cycles, then flash. Nothing: no limit is broken that pruning
// could help with.
//   memory  of the steps that use more than the limit, those for which the fewest families of channels can do anything (the
//           others may then need less): a channel's bytes of the values in use, but not of such that share bytes with a
//           larger one, where nothing is gained
//   cycles  a channel's share of the multiply-accumulates on either side
//   flash   a channel's share of the weights on either side, and the bias and multiplier of a result
// At most a twentieth of what there is at once, so that what is left is repaired and judged anew.
// Errors: those of the planner.
[[nodiscard]] Result<std::optional<PruneRound>> next_relief(const Graph& graph, const Target& target, const Footprint& now,
                                                            const FitLimits& limits);

}  // namespace mote
