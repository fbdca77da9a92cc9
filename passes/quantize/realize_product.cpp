// Conv2d, DepthwiseConv2d and Dense as integer products. With x = sx (qx - zx), w = sw qw and y = sy (qy - zy):
//   qy = floor((sum qx qw + bias) * M),  M = sx sw / sy,
//   bias = round(b / (sx sw)) - zx sum qw + round((zy + 1/2 - zr sr / sy) / M)
// The last term, the offset, holds the output's zero point, the rounding and the residual's zero point (sr, zr). A
// channel whose accumulator would not fit 32 bits, because M is tiny, gets coarser weights: they then contribute next
// to nothing.
#include <algorithm>
#include <cmath>
#include <limits>

#include "lib/quant/requantization.hpp"
#include "lib/quant/rounding.hpp"
#include "lib/quant/weight_scale.hpp"
#include "passes/match.hpp"
#include "passes/quantize/realize.hpp"

namespace mote {
namespace {

constexpr double accumulator_limit = 2147483647.0;
constexpr int most_coarsenings = 64;

// The weights of one output channel.
struct Channel {
  std::vector<double> weights{};
  double bias = 0.0;
  double scale = 1.0;
  std::vector<std::int32_t> levels{};
  std::int64_t bias_level = 0;

  void set_scale(double to) {
    scale = to;
    levels.clear();
    for (const double weight : weights)
      levels.push_back(static_cast<std::int32_t>(std::clamp(std::nearbyint(weight / scale), -128.0, 127.0)));
  }
};

struct Product {
  Stored input{};
  std::optional<Stored> residual{};
  Onto onto{};
  std::vector<Channel> channels{};
  Requantization requantization{};

  [[nodiscard]] double product_scale(const Channel& channel) const {
    return static_cast<double>(input.grid.scale) * channel.scale;
  }
};

// In every layout of core weights the output channel is the last axis.
std::vector<Channel> channels_of(const Rewriter& rewriter, const Node& node) {
  const Shape& shape = rewriter.type(node.inputs[1]).shape;
  std::vector<Channel> channels(static_cast<std::size_t>(shape[shape.rank() - 1]));
  const std::vector<double> weights = rewriter.graph().constant(node.inputs[1]).to_reals();
  for (std::size_t i = 0; i < weights.size(); ++i) channels[i % channels.size()].weights.push_back(weights[i]);
  if (node.inputs.size() > 2 && node.inputs[2]) {
    const std::vector<double> bias = rewriter.graph().constant(node.inputs[2]).to_reals();
    for (std::size_t c = 0; c < channels.size(); ++c) channels[c].bias = bias[c];
  }
  return channels;
}

bool all_finite(const std::vector<Channel>& channels) {
  return std::ranges::all_of(channels, [](const Channel& channel) {
    return std::isfinite(channel.bias) && std::ranges::all_of(channel.weights, [](double w) { return std::isfinite(w); });
  });
}

// Below a factor of 2^-22 the output's zero point alone, brought to accumulator units, would leave 32 bits; a whole
// channel of such weights moves the output by less than a level. Dead channels of real networks lie far below.
constexpr double least_factor = 0x1p-22;
// What a channel of zeros multiplies by; any factor would do.
constexpr double factor_of_zeros = 0x1p-12;

// Weights that lie on few levels lie on as many times more: the finer, the less the rounded bias is off.
std::optional<double> finest_exact_scale(std::span<const double> weights) {
  const auto coarsest = exact_weight_scale(weights);
  if (!coarsest) return std::nullopt;
  const double times = std::floor(full_range_scale(weights) * largest_weight_level / *coarsest + 0.5);
  return *coarsest / std::max(1.0, std::floor(largest_weight_level / times));
}

void choose_scale(const Product& product, Channel& channel) {
  const double of_one = static_cast<double>(product.onto.grid.scale) / static_cast<double>(product.input.grid.scale);
  const double full = full_range_scale(channel.weights);
  const double wanted = full == 0.0 ? factor_of_zeros * of_one : finest_exact_scale(channel.weights).value_or(full);
  channel.set_scale(std::max(wanted, least_factor * of_one));
}

bool choose_requantization(Product& product) {
  std::vector<double> factors;
  for (const Channel& channel : product.channels)
    factors.push_back(product.product_scale(channel) / static_cast<double>(product.onto.grid.scale));
  auto found = requantization(factors);
  if (found) product.requantization = *std::move(found);
  return found.has_value();
}

Rounding rounding_of(const Product& product, std::size_t index) {
  const Requantization& chosen = product.requantization;
  const Grid& output = product.onto.grid;
  const double factor = product.product_scale(product.channels[index]) / static_cast<double>(output.scale);
  // A residual of its own moves every sum differently, and of 16-bit levels there are too many to look at each.
  if (!product.residual && output.stored() == DType::s8)
    return choose_rounding({.factor = factor,
                            .zero_point = static_cast<double>(output.zero_point),
                            .lowest = product.onto.lowest,
                            .highest = product.onto.highest,
                            .accumulator_shift = chosen.accumulator_shift,
                            .multiplier = chosen.multiplier[index]});
  double offset = output.zero_point + 0.5;
  if (product.residual)
    offset -= product.residual->grid.zero_point * static_cast<double>(product.residual->grid.scale) /
              static_cast<double>(output.scale);
  return {.offset = static_cast<std::int64_t>(std::nearbyint(offset / chosen.factor(index))),
          .multiplier = chosen.multiplier[index]};
}

// Sets the bias of a channel and settles its multiplier; false if some sum could leave 32 bits.
bool set_bias(Product& product, std::size_t index, Channel& channel) {
  if (product.requantization.multiplier[index] == 0) return false;
  const Rounding rounding = rounding_of(product, index);
  double sum = 0.0, magnitude = 0.0;
  for (const std::int32_t level : channel.levels) {
    sum += level;
    magnitude += std::abs(level);
  }
  const Grid& input = product.input.grid;
  const double largest_input = std::max(-static_cast<double>(input.lowest), static_cast<double>(input.highest));
  const double bias = std::nearbyint(channel.bias / product.product_scale(channel)) - input.zero_point * sum +
                      static_cast<double>(rounding.offset);
  const double reach = std::ldexp(std::abs(bias) + magnitude * largest_input + 1.0,
                                  static_cast<int>(product.requantization.accumulator_shift));
  if (!(reach < accumulator_limit)) return false;
  channel.bias_level = static_cast<std::int64_t>(bias);
  product.requantization.multiplier[index] = rounding.multiplier;
  return true;
}

bool quantize_channels(Product& product) {
  for (Channel& channel : product.channels) choose_scale(product, channel);
  for (int round = 0; round < most_coarsenings; ++round) {
    if (!choose_requantization(product)) return false;
    bool fits = true;
    for (std::size_t c = 0; c < product.channels.size(); ++c) {
      if (set_bias(product, c, product.channels[c])) continue;
      product.channels[c].set_scale(2.0 * product.channels[c].scale);
      fits = false;
    }
    if (fits) return true;
  }
  return false;
}

Tensor integers(DType dtype, std::vector<std::int64_t> extents) {
  return Tensor::zeros(dtype, *Shape::make(std::move(extents)));
}

// What weights and biases stand for: a bias is real in units of the product of both scales, its zero point is all that
// it holds besides. Nothing is said where a number does not fit.
void describe_constants(Rewriter& rewriter, const Product& product, ValueId weights, ValueId bias) {
  QuantParams of_weights{.scale = {}, .zero_point = {}, .axis = rewriter.type(weights).shape.rank() - 1};
  QuantParams of_bias{.scale = {}, .zero_point = {}, .axis = 0};
  for (const Channel& channel : product.channels) {
    const double unit = product.product_scale(channel), real = std::nearbyint(channel.bias / unit);
    const double besides = static_cast<double>(channel.bias_level) - real;
    const auto scale = static_cast<float>(channel.scale), bias_scale = static_cast<float>(unit);
    if (!std::isnormal(scale) || !std::isnormal(bias_scale) || !(std::abs(besides) < accumulator_limit)) return;
    of_weights.scale.push_back(scale);
    of_weights.zero_point.push_back(0);
    of_bias.scale.push_back(bias_scale);
    of_bias.zero_point.push_back(static_cast<std::int32_t>(besides));
  }
  rewriter.describe(weights, of_weights);
  rewriter.describe(bias, of_bias);
}

std::vector<ValueId> operands_of(Rewriter& rewriter, const Node& node, const Product& product) {
  const std::size_t count = product.channels.size();
  Tensor weights = Tensor::zeros(DType::s8, rewriter.type(node.inputs[1]).shape);
  Tensor bias = integers(DType::s32, {static_cast<std::int64_t>(count)});
  Tensor multiplier = bias;
  const auto levels = weights.as<std::int8_t>();
  for (std::size_t i = 0; i < levels.size(); ++i)
    levels[i] = static_cast<std::int8_t>(product.channels[i % count].levels[i / count]);
  for (std::size_t c = 0; c < count; ++c) {
    bias.as<std::int32_t>()[c] = static_cast<std::int32_t>(product.channels[c].bias_level);
    multiplier.as<std::int32_t>()[c] = product.requantization.multiplier[c];
  }
  const std::string weights_name = rewriter.graph().at(node.inputs[1]).name;
  const std::string name = rewriter.graph().at(node.outputs[0]).name;
  const ValueId weights_id = rewriter.constant(weights, weights_name + "_s8");
  const ValueId bias_id = rewriter.constant(bias, name + "_bias");
  describe_constants(rewriter, product, weights_id, bias_id);
  return {product.input.levels, weights_id, bias_id, rewriter.constant(multiplier, name + "_multiplier")};
}

// The residual enters in 2^-8 of a level, so that its own scale is exact to 2^-24 of the output's.
std::optional<std::int64_t> residual_multiplier(const Product& product) {
  const double ratio =
      static_cast<double>(product.residual->grid.scale) / static_cast<double>(product.onto.grid.scale);
  const double multiplier = std::nearbyint(std::ldexp(ratio, 24));
  if (multiplier > accumulator_limit) return std::nullopt;
  return static_cast<std::int64_t>(multiplier);
}

}  // namespace

Realization realize_product(Rewriter& rewriter, const Node& node, const Onto& onto) {
  const OpView op = rewriter.view(node);
  const auto input = stored(rewriter, node.inputs[0]);
  const bool has_residual = op.has_in(3);
  const auto residual = has_residual ? stored(rewriter, node.inputs[3]) : std::nullopt;
  if (!input || (has_residual && !residual)) return std::nullopt;
  Product product{.input = *input, .residual = residual, .onto = onto, .channels = channels_of(rewriter, node)};
  const auto bound = [&](std::string_view name) { return op.has(name) ? std::optional(op.real(name)) : std::nullopt; };
  clamp_to(product.onto, bound("low"), bound("high"));
  if (!all_finite(product.channels) || !quantize_channels(product)) return std::nullopt;

  Attrs attrs = node.attrs;
  attrs.erase("low");
  attrs.erase("high");
  attrs["accumulator_shift"] = product.requantization.accumulator_shift;
  attrs["lowest"] = std::int64_t{product.onto.lowest};
  attrs["highest"] = std::int64_t{product.onto.highest};
  attrs["output_bits"] = std::int64_t{onto.grid.stored() == DType::s16 ? 16 : 8};
  if (node.op->name != "Dense") attrs["pad_value"] = std::int64_t{input->grid.zero_point};
  std::vector<ValueId> operands = operands_of(rewriter, node, product);
  if (residual) {
    const auto multiplier = residual_multiplier(product);
    if (!multiplier) return std::nullopt;
    attrs["residual_multiplier"] = *multiplier;
    operands.push_back(residual->levels);
  }
  return rewriter.emit("Quantized" + std::string(node.op->name), std::move(operands), std::move(attrs));
}

}  // namespace mote
