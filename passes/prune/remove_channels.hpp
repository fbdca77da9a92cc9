#pragma once
#include "passes/prune/needed_channels.hpp"

namespace mote {

// Leaves only the channels that stay. What the others add to a product goes into its bias: constants as they are, and
// of channels that do not matter any value that they can have, so that clamped results stay clamped.
[[nodiscard]] Graph remove_channels(const Graph& graph, const KeptChannels& kept, const ChannelFacts& facts);

}  // namespace mote
