#pragma once
#include <optional>
#include <string_view>

#include "lib/quant/node_grid.hpp"
#include "passes/rewriter.hpp"

namespace mote {

// A real value that is kept as integers: DequantizeLinear(levels) with one scale. While integers spread through a graph
// every such value ends in a DequantizeLinear, and a rewrite looks for it behind its operands; those that nobody reads
// in the end vanish. So the graph is whole after every step.
struct Stored {
  ValueId levels{};
  Grid grid{};  // limits: those of the element type
};

// What DequantizeLinear produced `real`, if one with a constant scale for the whole tensor did.
[[nodiscard]] std::optional<Stored> stored(const Rewriter& rewriter, ValueId real);

// Emits DequantizeLinear(levels) and returns its value; the levels' type says from now on what they mean.
ValueId emit_dequantize(Rewriter& rewriter, const Stored& value);
// Emits QuantizeLinear(real) onto `grid` and returns the levels.
ValueId emit_quantize(Rewriter& rewriter, ValueId real, const Grid& grid);

[[nodiscard]] Attrs attrs_of(const Grid& grid);  // of FakeQuantize
[[nodiscard]] bool same_levels(const Grid& a, const Grid& b);  // scale and zero point agree; limits may differ

}  // namespace mote
