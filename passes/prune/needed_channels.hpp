#pragma once
#include <cstdint>
#include <vector>

#include "passes/prune/channel_facts.hpp"

namespace mote {

// By value, the channels that stay, ascending: those that an output depends on, those that are tied to them, and one
// at least of every value. Empty for constants.
using KeptChannels = std::vector<std::vector<std::uint32_t>>;
[[nodiscard]] KeptChannels needed_channels(const Graph& graph, const ChannelFacts& facts);

}  // namespace mote
