#pragma once
#include <span>
#include <vector>

#include "lib/ir/graph.hpp"

namespace mote {

// For each of `variables` how many output channels its weights have if they become integers: those of core products
// that read a quantized value (FakeQuantize); else 0.
[[nodiscard]] std::vector<std::int64_t> integer_weight_channels(const Graph& graph, std::span<const ValueId> variables);

// Weights [...][channels] as the integers will have them: each the nearest of the levels -127..127 of its channel,
// whose scale gives the largest magnitude the level 127. Rounding again changes nothing.
void round_to_weight_levels(std::span<float> weights, std::int64_t channels);

}  // namespace mote
