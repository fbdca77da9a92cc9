// Conv2d, DepthwiseConv2d and Dense as integer products: the arithmetic is lib/quant/product.hpp.
#include <cmath>

#include "lib/quant/product.hpp"
#include "passes/match.hpp"
#include "passes/quantize/realize/realize.hpp"

namespace mote {
namespace {

constexpr double int32_limit = 2147483647.0;

Tensor integers(DType dtype, std::vector<std::int64_t> extents) {
  return Tensor::zeros(dtype, *Shape::make(std::move(extents)));
}

// What weights and biases stand for: a bias is real in units of the product of both scales, its zero point is all that
// it holds besides. Nothing is said where a number does not fit.
void describe_constants(Rewriter& rewriter, const IntegerProduct& product, ValueId weights, ValueId bias) {
  QuantParams of_weights{.scale = {}, .zero_point = {}, .axis = rewriter.type(weights).shape.rank() - 1};
  QuantParams of_bias{.scale = {}, .zero_point = {}, .axis = 0};
  for (const ProductChannel& channel : product.channels) {
    const std::int64_t besides = channel.folded_bias - channel.bias_level;
    const bool fits = std::abs(static_cast<double>(besides)) < int32_limit;
    if (!std::isnormal(channel.scale) || !std::isnormal(channel.bias_scale) || !fits) return;
    of_weights.scale.push_back(channel.scale);
    of_weights.zero_point.push_back(0);
    of_bias.scale.push_back(channel.bias_scale);
    of_bias.zero_point.push_back(static_cast<std::int32_t>(besides));
  }
  rewriter.describe(weights, of_weights);
  rewriter.describe(bias, of_bias);
}

// Input, weights, bias and multipliers of the integer operator.
std::vector<ValueId> operands_of(Rewriter& rewriter, const Node& node, ValueId input, const IntegerProduct& product) {
  const std::size_t count = product.channels.size();
  Tensor weights = Tensor::zeros(DType::s8, rewriter.type(node.inputs[1]).shape);
  Tensor bias = integers(DType::s32, {static_cast<std::int64_t>(count)});
  Tensor multiplier = bias;
  const auto levels = weights.as<std::int8_t>();
  for (std::size_t i = 0; i < levels.size(); ++i)
    levels[i] = static_cast<std::int8_t>(product.channels[i % count].levels[i / count]);
  for (std::size_t c = 0; c < count; ++c) {
    bias.as<std::int32_t>()[c] = static_cast<std::int32_t>(product.channels[c].folded_bias);
    multiplier.as<std::int32_t>()[c] = product.multipliers.multiplier[c];
  }
  const std::string weights_name = rewriter.graph().at(node.inputs[1]).name;
  const std::string name = rewriter.graph().at(node.outputs[0]).name;
  const ValueId weights_id = rewriter.constant(weights, weights_name + "_s8");
  const ValueId bias_id = rewriter.constant(bias, name + "_bias");
  describe_constants(rewriter, product, weights_id, bias_id);
  return {input, weights_id, bias_id, rewriter.constant(multiplier, name + "_multiplier")};
}

// The residual enters in 2^-8 of a level, so that its own scale is exact to 2^-24 of the output's.
std::optional<std::int64_t> residual_multiplier(const Grid& residual, const Grid& output) {
  const double ratio = static_cast<double>(residual.scale) / static_cast<double>(output.scale);
  const double multiplier = std::nearbyint(std::ldexp(ratio, 24));
  if (multiplier > int32_limit) return std::nullopt;
  return static_cast<std::int64_t>(multiplier);
}

}  // namespace

Realization realize_product(Rewriter& rewriter, const Node& node, const Onto& onto) {
  const OpView op = rewriter.view(node);
  const auto input = stored(rewriter, node.inputs[0]);
  const bool has_residual = op.has_in(3);
  const auto residual = has_residual ? stored(rewriter, node.inputs[3]) : std::nullopt;
  if (!input || (has_residual && !residual)) return std::nullopt;
  Onto limits = onto;
  const auto bound = [&](std::string_view name) { return op.has(name) ? std::optional(op.real(name)) : std::nullopt; };
  clamp_to(limits, bound("low"), bound("high"));
  const ProductGrids grids{.input = input->grid,
                           .output = onto.grid,
                           .residual = residual ? std::optional(residual->grid) : std::nullopt,
                           .lowest = limits.lowest,
                           .highest = limits.highest};
  const auto product = quantize_product(product_channels(rewriter.graph(), node), grids);
  if (!product) return std::nullopt;

  Attrs attrs = node.attrs;
  attrs.erase("low");
  attrs.erase("high");
  attrs["accumulator_shift"] = product->multipliers.accumulator_shift;
  attrs["lowest"] = std::int64_t{limits.lowest};
  attrs["highest"] = std::int64_t{limits.highest};
  attrs["output_bits"] = std::int64_t{onto.grid.stored() == DType::s16 ? 16 : 8};
  if (node.op->name != "Dense") attrs["pad_value"] = std::int64_t{input->grid.zero_point};
  std::vector<ValueId> operands = operands_of(rewriter, node, input->levels, *product);
  if (residual) {
    const auto multiplier = residual_multiplier(residual->grid, onto.grid);
    if (!multiplier) return std::nullopt;
    attrs["residual_multiplier"] = *multiplier;
    operands.push_back(residual->levels);
  }
  return rewriter.emit("Quantized" + std::string(node.op->name), std::move(operands), std::move(attrs));
}

}  // namespace mote
