#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "lib/ir/graph.hpp"

namespace mote {

// A channel of which every element is `factor` times that of channel `first` of the same value.
struct AlikeChannel {
  std::uint32_t first = 0;
  double factor = 1.0;
};

// By value and channel: the first channel of the value that it is a multiple of, whatever the network's inputs are,
// because both are computed from alike channels with constants that are multiples of each other: to within 2^-22 of
// each, which is what rounding makes of multiples. Through operators that keep multiples, of positive or any factors,
// only; through others and between integers equal channels stay equal. Factors are between 2^-16 and 2^16, and the
// first of multiples that are not equal is made of some number of at least 2^-100 (multiples_index.hpp): where all of
// them are near the smallest that there are, products would lose bits that those of its multiples keep. Empty for
// constants.
using AlikeChannels = std::vector<std::vector<AlikeChannel>>;
[[nodiscard]] AlikeChannels alike_channels(const Graph& graph);

// The products weigh the first of alike channels with the sum of all their weights times their factors, and the others
// with 0, which leaves them to needed_channels. Sums of 8-bit weights have to be 8-bit weights, and sums of real ones
// finite; a product of which one is not keeps its weights. Nothing: there are no such channels.
[[nodiscard]] std::optional<Graph> merge_alike_channels(const Graph& graph);

}  // namespace mote
