#pragma once
#include <map>
#include <optional>

#include "passes/fit/footprint.hpp"

namespace mote {

// How many sets of channels the families of a real graph at Stage::fused have (ChannelSets::families, by the same keys).
using FamilyWidths = std::map<std::size_t, std::size_t>;
[[nodiscard]] FamilyWidths widths_of(const Graph& graph);
// What pruning can reach: 4 each, or what there is if that is less.
[[nodiscard]] FamilyWidths least_widths_of(const Graph& graph);

// The graph at smaller widths. Weights are no longer worth anything: what it takes does not depend on which channels go.
[[nodiscard]] Graph narrowed(const Graph& graph, const FamilyWidths& widths);

// Widths at which the quantized network's arena takes no more than `ram_bytes`, and no family can have 4 channels more
// without breaking that. Found with the real planner: first all families keep the same share, then those that turn out to
// have no part in the fullest steps get all of their channels back, the others four at a time, whoever has lost the
// largest share. Nothing: least_widths_of take more, too. Errors: those of passes, planner and samples.
[[nodiscard]] Result<std::optional<FamilyWidths>> widths_for_memory(const Graph& graph, const RoughOptions& options,
                                                                    std::int64_t ram_bytes);

}  // namespace mote
