// Sums, products of activations, means: integer forms with one factor for the whole tensor.
#include <algorithm>
#include <cmath>
#include <limits>

#include "lib/quant/channel_multipliers.hpp"
#include "lib/quant/weight_scale.hpp"
#include "passes/match.hpp"
#include "passes/quantize/realize/realize.hpp"

namespace mote {
namespace {

constexpr double int32_limit = 2147483647.0;
// Where the accumulator of a multiplication by one factor should end: high enough that the integer offset is exact to
// 2^-8 of a level, low enough that the rounded multiplier is.
constexpr double comfortable_reach = 1 << 26;

double largest_level(const Grid& grid) {
  return std::max(-static_cast<double>(grid.lowest), static_cast<double>(grid.highest));
}
// Largest magnitude of level - zero point.
double largest_distance(const Grid& grid) {
  return std::max(std::abs(static_cast<double>(grid.lowest) - grid.zero_point),
                  std::abs(static_cast<double>(grid.highest) - grid.zero_point));
}

Attrs epilogue(const Onto& onto) {
  return {{"lowest", std::int64_t{onto.lowest}},
          {"highest", std::int64_t{onto.highest}},
          {"output_bits", std::int64_t{onto.grid.stored() == DType::s16 ? 16 : 8}}};
}

// y = ((accumulator << shift) + offset) * multiplier >> 32 for every factor; all share the shift.
struct Scaled {
  std::int64_t shift = 0;
  std::vector<std::int32_t> multiplier{};
  std::vector<std::int64_t> offset{};
};

// `reach`: bound of the accumulator. `moved[i]`: what the accumulator is too high by, in its own units, and what the
// output is to be moved by, in levels, is the zero point and one half.
std::optional<Scaled> scaled(const std::vector<double>& factors, double reach, const std::vector<double>& excess,
                             double zero_point) {
  for (int shift = 30; shift >= 0; --shift) {
    Scaled result{.shift = shift, .multiplier = {}, .offset = {}};
    bool fits = true;
    for (std::size_t i = 0; fits && i < factors.size(); ++i) {
      const double multiplier = std::nearbyint(std::ldexp(factors[i], 32 - shift));
      fits = multiplier >= 1.0 && multiplier <= int32_limit;
      if (!fits) break;
      const double offset =
          std::nearbyint(std::ldexp((zero_point + 0.5) / multiplier, 32) - std::ldexp(excess[i], shift));
      const double sum = std::abs(offset) + std::ldexp(reach, shift);
      fits = sum < (shift == 0 ? int32_limit : comfortable_reach);
      result.multiplier.push_back(static_cast<std::int32_t>(multiplier));
      result.offset.push_back(static_cast<std::int64_t>(offset));
    }
    if (fits) return result;
  }
  return std::nullopt;
}

void add_single(Attrs& attrs, const Scaled& scale) {
  attrs["accumulator_shift"] = scale.shift;
  attrs["multiplier"] = std::int64_t{scale.multiplier[0]};
  attrs["offset"] = scale.offset[0];
}

Tensor s32_list(std::span<const std::int64_t> values) {
  Tensor tensor = Tensor::zeros(DType::s32, *Shape::make({static_cast<std::int64_t>(values.size())}));
  for (std::size_t i = 0; i < values.size(); ++i) tensor.as<std::int32_t>()[i] = static_cast<std::int32_t>(values[i]);
  return tensor;
}

// No axes given means all of them, unless the node says that it means none.
std::vector<std::int64_t> reduced_axes(const OpView& reduction) {
  std::vector<std::int64_t> axes = integers_or(reduction, "axes", {});
  const bool none = reduction.has("noop_with_empty_axes") && reduction.integer("noop_with_empty_axes") != 0;
  if (!axes.empty() || none) return axes;
  for (std::size_t axis = 0; axis < reduction.in(0).shape.rank(); ++axis) axes.push_back(static_cast<std::int64_t>(axis));
  return axes;
}

// A real constant as levels: its own 8 bits where it lies on such, else 16.
std::optional<Stored> stored_constant(Rewriter& rewriter, ValueId id) {
  if (rewriter.type(id).dtype != DType::f32) return std::nullopt;
  const std::vector<double> values = rewriter.graph().constant(id).to_reals();
  if (!std::ranges::all_of(values, [](double value) { return std::isfinite(value); })) return std::nullopt;
  const double largest = 127.0 * full_range_scale(values);
  Grid grid = activation_grid(-largest, largest, 16);
  if (const auto exact = exact_weight_scale(values))
    grid = {.scale = static_cast<float>(*exact), .zero_point = 0, .lowest = -128, .highest = 127};
  Tensor levels = Tensor::zeros(grid.stored(), rewriter.type(id).shape);
  visit_dtype(levels.dtype, [&]<class T>() {
    for (std::size_t i = 0; i < values.size(); ++i) levels.as<T>()[i] = static_cast<T>(grid.level(values[i]));
  });
  return Stored{.levels = rewriter.constant(levels, rewriter.graph().at(id).name + "_levels"), .grid = grid};
}
std::optional<Stored> stored_or_constant(Rewriter& rewriter, ValueId id) {
  return rewriter.is_constant(id) ? stored_constant(rewriter, id) : stored(rewriter, id);
}

struct Pair {
  Stored a{}, b{};
};
std::optional<Pair> stored_pair(Rewriter& rewriter, const Node& node) {
  const auto a = stored_or_constant(rewriter, node.inputs[0]);
  const auto b = stored_or_constant(rewriter, node.inputs[1]);
  if (!a || !b) return std::nullopt;
  return Pair{.a = *a, .b = *b};
}

}  // namespace

Realization realize_sum(Rewriter& rewriter, const Node& node, const Onto& onto) {
  const auto pair = stored_pair(rewriter, node);
  if (!pair) return std::nullopt;
  const double output = static_cast<double>(onto.grid.scale);
  const double a = static_cast<double>(pair->a.grid.scale) / output;
  const double b = (node.op->name == "Sub" ? -1.0 : 1.0) * static_cast<double>(pair->b.grid.scale) / output;
  for (int shift = 30; shift >= 0; --shift) {
    const double times_a = std::nearbyint(std::ldexp(a, shift)), times_b = std::nearbyint(std::ldexp(b, shift));
    const double offset = std::nearbyint(std::ldexp(onto.grid.zero_point + 0.5, shift)) -
                          pair->a.grid.zero_point * times_a - pair->b.grid.zero_point * times_b;
    const double reach = std::abs(times_a) * largest_level(pair->a.grid) +
                         std::abs(times_b) * largest_level(pair->b.grid) + std::abs(offset);
    if (!(reach < int32_limit)) continue;
    Attrs attrs = epilogue(onto);
    attrs["multiplier_a"] = static_cast<std::int64_t>(times_a);
    attrs["multiplier_b"] = static_cast<std::int64_t>(times_b);
    attrs["offset"] = static_cast<std::int64_t>(offset);
    attrs["shift"] = std::int64_t{shift};
    return rewriter.emit("QuantizedAdd", {pair->a.levels, pair->b.levels}, std::move(attrs));
  }
  return std::nullopt;
}

Realization realize_multiplication(Rewriter& rewriter, const Node& node, const Onto& onto) {
  const auto pair = stored_pair(rewriter, node);
  if (!pair) return std::nullopt;
  const double factor = static_cast<double>(pair->a.grid.scale) * static_cast<double>(pair->b.grid.scale) /
                        static_cast<double>(onto.grid.scale);
  const double reach = largest_distance(pair->a.grid) * largest_distance(pair->b.grid);
  const auto scale = scaled({factor}, reach, {0.0}, onto.grid.zero_point);
  if (!scale) return std::nullopt;
  Attrs attrs = epilogue(onto);
  add_single(attrs, *scale);
  attrs["zero_a"] = std::int64_t{pair->a.grid.zero_point};
  attrs["zero_b"] = std::int64_t{pair->b.grid.zero_point};
  return rewriter.emit("QuantizedMul", {pair->a.levels, pair->b.levels}, std::move(attrs));
}

Realization realize_matmul(Rewriter& rewriter, const Node& node, const Onto& onto) {
  const auto pair = stored_pair(rewriter, node);
  if (!pair) return std::nullopt;
  const Shape& left = rewriter.type(node.inputs[0]).shape;
  const double depth = static_cast<double>(left[left.rank() - 1]);
  const double factor = static_cast<double>(pair->a.grid.scale) * static_cast<double>(pair->b.grid.scale) /
                        static_cast<double>(onto.grid.scale);
  const double reach = depth * largest_distance(pair->a.grid) * largest_distance(pair->b.grid);
  const auto scale = scaled({factor}, reach, {0.0}, onto.grid.zero_point);
  if (!scale) return std::nullopt;
  Attrs attrs = epilogue(onto);
  add_single(attrs, *scale);
  attrs["zero_a"] = std::int64_t{pair->a.grid.zero_point};
  attrs["zero_b"] = std::int64_t{pair->b.grid.zero_point};
  return rewriter.emit("QuantizedMatMul", {pair->a.levels, pair->b.levels}, std::move(attrs));
}

Realization realize_average_pool(Rewriter& rewriter, const Node& node, const Onto& onto) {
  const OpView op = rewriter.view(node);
  const auto input = stored(rewriter, node.inputs[0]);
  if (!input) return std::nullopt;
  const std::vector<std::int64_t>& kernel = op.integers("kernel");
  const std::int64_t taps = kernel[0] * kernel[1];
  const std::vector<std::int64_t> pads = integers_or(op, "pads", {0, 0, 0, 0});
  const bool padded = std::ranges::any_of(pads, [](std::int64_t pad) { return pad != 0; });
  const bool counts_pad = op.integer("count_include_pad") != 0;
  const bool one_count = op.integer("ceil_mode") == 0 && (!padded || counts_pad);
  std::vector<double> factors, excess;
  const double ratio = static_cast<double>(input->grid.scale) / static_cast<double>(onto.grid.scale);
  for (std::int64_t count = one_count ? taps : 0; count <= taps; ++count) {
    factors.push_back(ratio / static_cast<double>(std::max<std::int64_t>(count, 1)));
    excess.push_back(static_cast<double>(input->grid.zero_point) * static_cast<double>(count));
  }
  const auto scale =
      scaled(factors, static_cast<double>(taps) * largest_level(input->grid), excess, onto.grid.zero_point);
  if (!scale) return std::nullopt;
  Attrs attrs = node.attrs;
  for (const auto& [name, value] : epilogue(onto)) attrs[name] = value;
  attrs["accumulator_shift"] = scale->shift;
  attrs["pad_value"] = std::int64_t{input->grid.zero_point};
  const std::string name = rewriter.graph().at(node.outputs[0]).name;
  const std::vector<std::int64_t> multipliers(scale->multiplier.begin(), scale->multiplier.end());
  return rewriter.emit("QuantizedAveragePool2d",
                       {input->levels, rewriter.constant(s32_list(scale->offset), name + "_bias"),
                        rewriter.constant(s32_list(multipliers), name + "_multiplier")},
                       std::move(attrs));
}

Realization realize_reduction(Rewriter& rewriter, const Node& node, const Onto& onto) {
  const auto input = stored(rewriter, node.inputs[0]);
  const std::int64_t outputs = rewriter.type(node.outputs[0]).shape.elements();
  const std::vector<std::int64_t> axes = reduced_axes(rewriter.view(node));
  if (!input || outputs == 0 || axes.empty()) return std::nullopt;
  const auto count = static_cast<double>(rewriter.type(node.inputs[0]).shape.elements() / outputs);
  const double ratio = static_cast<double>(input->grid.scale) / static_cast<double>(onto.grid.scale);
  const auto scale = scaled({node.op->name == "ReduceMean" ? ratio / count : ratio},
                            count * largest_level(input->grid), {input->grid.zero_point * count},
                            onto.grid.zero_point);
  if (!scale) return std::nullopt;
  Attrs attrs = epilogue(onto);
  add_single(attrs, *scale);
  attrs["axes"] = axes;
  attrs["keepdims"] = node.attrs.at("keepdims");
  return rewriter.emit("QuantizedReduceSum", {input->levels}, std::move(attrs));
}

}  // namespace mote
