#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "lib/ir/graph.hpp"

namespace mote {

// By value and channel: the first channel of the value that holds the same numbers whatever the network's inputs are,
// because both are computed from alike channels with the same constants, bit for bit. Empty for constants.
using AlikeChannels = std::vector<std::vector<std::uint32_t>>;
[[nodiscard]] AlikeChannels alike_channels(const Graph& graph);

// The products weigh the first of alike channels with the sum of all their weights, and the others with 0, which leaves
// them to needed_channels. Sums of 8-bit weights have to be 8-bit weights. Nothing: there are no such channels.
[[nodiscard]] std::optional<Graph> merge_alike_channels(const Graph& graph);

}  // namespace mote
