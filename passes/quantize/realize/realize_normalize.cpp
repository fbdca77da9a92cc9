// Normalize in integers: the row's statistics are exact, scale and bias become output levels.
#include <algorithm>
#include <cmath>

#include "lib/ops/interval.hpp"
#include "passes/match.hpp"
#include "passes/quantize/realize/realize.hpp"

namespace mote {
namespace {

constexpr double int32_limit = 2147483647.0;

std::vector<double> parameter(const Rewriter& rewriter, const Node& node, std::size_t operand, std::size_t count,
                              double otherwise) {
  if (operand >= node.inputs.size() || !node.inputs[operand]) return std::vector<double>(count, otherwise);
  return rewriter.graph().constant(node.inputs[operand]).to_reals();
}

bool are_constants(const Rewriter& rewriter, const Node& node) {
  for (std::size_t i = 1; i < node.inputs.size(); ++i)
    if (node.inputs[i] && !rewriter.is_constant(node.inputs[i])) return false;
  return true;
}

// The shape of the parameters; a single one for all where there are none.
Shape parameter_shape(const Rewriter& rewriter, const Node& node) {
  for (std::size_t i = 1; i < node.inputs.size(); ++i)
    if (node.inputs[i]) return rewriter.type(node.inputs[i]).shape;
  return *Shape::make(std::vector<std::int64_t>(rewriter.type(node.inputs[0]).shape.rank(), 1));
}

std::int64_t row_length(const OpView& op) {
  const Shape& shape = op.in(0).shape;
  std::int64_t count = 1;
  for (const std::int64_t axis : op.integers("axes"))
    count *= shape[static_cast<std::size_t>(axis < 0 ? axis + static_cast<std::int64_t>(shape.rank()) : axis)];
  return count;
}

// Nothing where a number does not fit.
std::optional<Tensor> rounded(const Shape& shape, const std::vector<double>& values, double unit) {
  Tensor tensor = Tensor::zeros(DType::s32, shape);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double level = std::nearbyint(values[i] * unit);
    if (!(std::abs(level) <= int32_limit)) return std::nullopt;
    tensor.as<std::int32_t>()[i] = static_cast<std::int32_t>(level);
  }
  return tensor;
}

// The sums of a row of this length fit the types of the kernel.
bool has_room(const Grid& input, DType type, std::int64_t count, double epsilon) {
  const ops::Interval levels = ops::interval_of(type);
  const double farthest = std::max(std::abs(static_cast<double>(levels.lowest) - input.zero_point),
                                   std::abs(static_cast<double>(levels.highest) - input.zero_point));
  const double n = static_cast<double>(count);
  return 2.0 * n * farthest < int32_limit && (type != DType::s8 || n * farthest * farthest < 2.0 * int32_limit) &&
         n * n * farthest * farthest + epsilon < 0x1p62;
}

}  // namespace

Realization realize_normalize(Rewriter& rewriter, const Node& node, const Onto& onto) {
  const OpView op = rewriter.view(node);
  const auto input = stored(rewriter, node.inputs[0]);
  if (!input || !are_constants(rewriter, node)) return std::nullopt;
  const bool centered = op.integer("center") != 0;
  const std::int64_t count = row_length(op);
  // epsilon / scale^2 * count^2: what it is next to count^2 times the variance of levels.
  const double epsilon = std::nearbyint(static_cast<double>(op.real("epsilon")) *
                                        std::pow(static_cast<double>(count) / static_cast<double>(input->grid.scale), 2.0));
  Grid moved = input->grid;
  if (centered) moved.zero_point = 0;
  if (!has_room(moved, rewriter.type(input->levels).dtype, count, epsilon)) return std::nullopt;

  const Shape shape = parameter_shape(rewriter, node);
  const auto elements = static_cast<std::size_t>(shape.elements());
  std::vector<double> factor = parameter(rewriter, node, 1, elements, 1.0);
  std::vector<double> shift = parameter(rewriter, node, 2, elements, 0.0);
  const auto output = static_cast<double>(onto.grid.scale);
  for (double& value : factor) value /= output;
  for (double& value : shift) value = value / output + onto.grid.zero_point + 0.5;
  const auto multiplier = rounded(shape, factor, 0x1p16), offset = rounded(shape, shift, 0x1p8);
  if (!multiplier || !offset) return std::nullopt;

  Attrs attrs{{"axes", op.integers("axes")},
              {"center", op.integer("center")},
              {"epsilon", static_cast<std::int64_t>(epsilon)},
              {"lowest", std::int64_t{onto.lowest}},
              {"highest", std::int64_t{onto.highest}},
              {"output_bits", std::int64_t{onto.grid.stored() == DType::s16 ? 16 : 8}},
              {"zero_point", std::int64_t{moved.zero_point}}};
  const std::string name = rewriter.graph().at(node.outputs[0]).name;
  return rewriter.emit("QuantizedNormalize",
                       {input->levels, rewriter.constant(*multiplier, name + "_multiplier"),
                        rewriter.constant(*offset, name + "_offset")},
                       std::move(attrs));
}

}  // namespace mote
