#pragma once
#include <optional>

#include "lib/ir/graph.hpp"
#include "lib/quant/grid.hpp"

namespace mote {

// The grid of a QuantizeLinear or DequantizeLinear whose levels have `type`, if scale and zero point are constants for
// the whole tensor; its limits are those of the type. Types of 8 and 16 bits.
[[nodiscard]] std::optional<Grid> grid_of_quantization(const Graph& graph, const Node& node, DType type);

// What a FakeQuantize rounds to.
[[nodiscard]] Grid grid_of_fake_quantize(const Node& node);

// The same levels with every level of an integer type of 8 or 16 bits.
[[nodiscard]] Grid with_limits_of(DType type, float scale, std::int32_t zero_point);

}  // namespace mote
