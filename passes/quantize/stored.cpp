#include "passes/quantize/stored.hpp"

#include <string>

namespace mote {
namespace {

Tensor scalar(DType dtype, double value) {
  Tensor real = Tensor::zeros(DType::f32, Shape{});
  real.as<float>()[0] = static_cast<float>(value);
  return dtype == DType::f32 ? real : convert(real, dtype);
}

void describe_levels(Rewriter& rewriter, ValueId levels, const Grid& grid) {
  rewriter.describe(levels, {.scale = {grid.scale}, .zero_point = {grid.zero_point}, .axis = {}});
}

std::vector<ValueId> with_parameters(Rewriter& rewriter, ValueId operand, const Grid& grid, DType type) {
  const std::string name = rewriter.graph().at(operand).name;
  return {operand, rewriter.constant(scalar(DType::f32, static_cast<double>(grid.scale)), name + "_scale"),
          rewriter.constant(scalar(type, grid.zero_point), name + "_zero_point")};
}

}  // namespace

std::optional<Stored> stored(const Rewriter& rewriter, ValueId real) {
  const Node* node = rewriter.producer(real, "DequantizeLinear");
  if (node == nullptr || rewriter.is_constant(node->inputs[0])) return std::nullopt;
  const auto grid = grid_of_quantization(rewriter.graph(), *node, rewriter.type(node->inputs[0]).dtype);
  if (!grid) return std::nullopt;
  return Stored{.levels = node->inputs[0], .grid = *grid};
}

ValueId emit_dequantize(Rewriter& rewriter, const Stored& value) {
  describe_levels(rewriter, value.levels, value.grid);
  const DType type = rewriter.type(value.levels).dtype;
  return rewriter.emit("DequantizeLinear", with_parameters(rewriter, value.levels, value.grid, type));
}

ValueId emit_quantize(Rewriter& rewriter, ValueId real, const Grid& grid) {
  const ValueId levels = rewriter.emit("QuantizeLinear", with_parameters(rewriter, real, grid, grid.stored()));
  describe_levels(rewriter, levels, grid);
  const Grid limits = with_limits_of(grid.stored(), grid.scale, grid.zero_point);
  if (limits == grid) return levels;
  // QuantizeLinear saturates at the limits of the type; kernels may rely on those of the grid.
  return rewriter.emit("Clip", {levels},
                       {{"min", static_cast<float>(grid.lowest)}, {"max", static_cast<float>(grid.highest)}});
}

Attrs attrs_of(const Grid& grid) {
  return {{"scale", grid.scale},
          {"zero_point", std::int64_t{grid.zero_point}},
          {"lowest", std::int64_t{grid.lowest}},
          {"highest", std::int64_t{grid.highest}}};
}

bool same_levels(const Grid& a, const Grid& b) { return a.scale == b.scale && a.zero_point == b.zero_point; }

}  // namespace mote
