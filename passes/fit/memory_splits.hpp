#pragma once
#include "passes/fit/footprint.hpp"
#include "passes/prune/factored_splits.hpp"

namespace mote {

// Convolutions that as two in a row (passes/prune/convolution_split.hpp) leave more channels within a limit of memory:
// the first of the two may give less than what it reads and run earlier, so that what it reads need not wait (the
// shortcut around a block of stride 2), or hand the second less than the whole would be. One by one, the split is taken
// with which the widths that memory allows (widths_for_memory) keep the most, summed over families as logarithms of
// shares; ranks count as far as they are less than what keeps the outputs nearly whole. Real graph at Stage::fused.
// Empty: channels alone keep most of the network, or no split helps. Deterministic. Errors: those of passes, planner
// and samples.
[[nodiscard]] Result<std::vector<WantedSplit>> splits_for_memory(const Graph& graph, const RoughOptions& options,
                                                                 std::int64_t ram_bytes);

}  // namespace mote
