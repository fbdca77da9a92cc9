// QuantizedAveragePool2d: the mean over 2-D windows of quantized elements, channels last, x [N,H,W,C] s8 or s16 ->
// [N,OH,OW,C]. bias and multiplier, constants s32 [n], belong to the number of terms that the mean divides by: n is 1
// where all windows have as many, else one more than a window has taps, with entry 0 for windows without any.
// With count_include_pad, taps in the padding add `pad_value`, x's zero point. Value:
// codegen/kernels/pool2d_integer.hpp.
#include <algorithm>

#include "lib/ops/support/bounds.hpp"
#include "lib/ops/support/pool2d_form.hpp"
#include "lib/ops/support/requantize.hpp"
#include "lib/ops/support/sampling.hpp"
#include "lib/ops/support/tiling.hpp"
#include "lib/ops/support/types.hpp"

namespace mote::ops {
namespace {

constexpr AttrSpec average_attrs[] = {
    accumulator_shift_attr,
    pool_ceil_mode_attr,
    pool_count_include_pad_attr,
    pool_dilations_attr,
    highest_attr,
    pool_kernel_attr,
    lowest_attr,
    output_bits_attr,
    {.name = "pad_value", .fallback = std::int64_t{0}, .lowest = -32768, .highest = 32767},
    pool_pads_attr,
    pool_strides_attr};

// The numbers of terms that occur, each with a window that has it.
std::vector<std::int64_t> term_counts(const Pooling& pool) {
  std::vector<std::int64_t> counts;
  for_each_window(pool.window, [&](const auto& origin, const auto& taps, std::int64_t) {
    const std::int64_t count = counted_taps(pool, origin, taps);
    if (std::ranges::find(counts, count) == counts.end()) counts.push_back(count);
  });
  return counts;
}

// How many constants the node carries, which must suit its windows.
Result<std::int64_t> constant_count(const OpView& op, const Pooling& pool, const std::vector<std::int64_t>& counts) {
  const std::int64_t given = op.in(1).shape.elements(), per_count = tap_count(pool.window) + 1;
  if (given == per_count || (given == 1 && counts.size() <= 1)) return given;
  return at(
      op, Code::shape_mismatch,
      "bias has " + std::to_string(given) + " elements, expected " + std::to_string(per_count) +
          (counts.size() <= 1 ? " or 1"
                              : ": the windows have " + std::to_string(counts.size()) + " different numbers of terms"),
      {"give one bias and multiplier for each number of taps from 0 on"});
}

// Every term, padding included, is a value of x's type.
Status check_pad_value(const OpView& op) {
  if (interval_of(op.in(0).dtype).contains(point(op.integer("pad_value")))) return Ok{};
  return at(op, Code::attribute_range,
            "pad_value is " + std::to_string(op.integer("pad_value")) + ", expected a value of " +
                std::string(name_of(op.in(0).dtype)));
}

Status prove_sums(const OpView& op, const std::vector<std::int64_t>& counts) {
  const std::vector<std::int64_t> bias = op.constant(1).to_integers();
  for (const std::int64_t count : counts) {
    const Interval sum = interval_of(op.in(0).dtype) * point(count);
    MOTE_TRY_STATUS(expect_accumulator(op, "the sum of " + std::to_string(count) + " taps", sum,
                                       bias[bias.size() == 1 ? 0 : static_cast<std::size_t>(count)]));
  }
  return Ok{};
}

Result<Types> infer(const OpView& op) {
  MOTE_TRY_STATUS(expect_activation(op, 0, "x"));
  MOTE_TRY(const OutputLimits limits, output_limits(op));
  MOTE_TRY(TensorType type, pool2d_type(op, limits.dtype));
  MOTE_TRY_STATUS(check_pad_value(op));
  const Pooling pool = pool2d_pooling(op);
  const std::vector<std::int64_t> counts = term_counts(pool);
  MOTE_TRY(const std::int64_t constants, constant_count(op, pool, counts));
  MOTE_TRY_STATUS(expect_constant_of(op, 1, "bias", DType::s32, {constants}));
  MOTE_TRY_STATUS(expect_multipliers(op, 2, constants));
  MOTE_TRY_STATUS(prove_sums(op, counts));
  return Types{std::move(type)};
}

IntegerBounds bounds(const OpView& op, Intervals inputs) {
  const Pooling pool = pool2d_pooling(op);
  const std::vector<std::int64_t> bias = op.constant(1).to_integers(), multiplier = op.constant(2).to_integers();
  const Interval term = pool.count_include_pad ? hull(inputs[0], point(op.integer("pad_value"))) : inputs[0];
  std::vector<RequantizedSum> sums;
  for (const std::int64_t count : term_counts(pool)) {
    const std::size_t index = bias.size() == 1 ? 0 : static_cast<std::size_t>(count);
    const Interval complete = term * point(count);
    const Interval from_zero = (term + point(-1) * zero_point_of(op.in(0))) * point(count);
    sums.push_back({.channel = static_cast<std::int64_t>(index),
                    .reached = hull(complete, point(0)),
                    .complete = complete,
                    .offset = bias[index],
                    .multiplier = multiplier[index],
                    .rounding = nearest_rounding(op, from_zero, multiplier[index])});
  }
  return bounds_of_requantized(op, sums);
}

void eval(const OpView& op, Operands in, Outputs out) {
  const Pooling pool = pool2d_pooling(op);
  const std::vector<std::int64_t> x = in[0]->to_integers(), bias = in[1]->to_integers(), factors = in[2]->to_integers();
  std::vector<std::int64_t> y(static_cast<std::size_t>(out[0].shape.elements()));
  Requantization requantized = requantization_of(op);
  const auto average = [&](const std::int64_t* plane, std::int64_t* result, std::int64_t, const auto& origin,
                           const auto& taps) {
    std::int64_t sum = 0, inside = 0;
    for_each_tap(pool.window, origin, taps, [&](std::int64_t, std::int64_t pixel) {
      sum += plane[pixel * pool.input.pixel];
      ++inside;
    });
    const std::int64_t terms = counted_taps(pool, origin, taps);
    const std::size_t index = bias.size() == 1 ? 0 : static_cast<std::size_t>(terms);
    requantized.offset = bias[index];
    *result = requantized(sum + (terms - inside) * op.integer("pad_value"), factors[index]);
  };
  for_each_pool(pool, x.data(), y.data(), average);
  store_integers(y, out[0]);
}

Result<KernelCall> lower(const OpView& op, const Target& target) {
  const Pooling pool = pool2d_pooling(op);
  KernelCall call =
      pool2d_call(op, pool, "pool2d_integer", "average_pool2d_integer", integer_lane_count(target, pool.channels));
  call.operands = {op.node.inputs[0], op.node.inputs[1], op.node.inputs[2], op.node.outputs[0]};
  call.fields.insert(call.fields.end(), {{"constants", field(op.in(1).shape.elements())},
                                         {"pad_value", field(op.integer("pad_value"))},
                                         {"count_include_pad", pool.count_include_pad}});
  append_requantize_fields(op, call);
  return call;
}

// Windows small enough for one multiplier suit a list of constants as well; a single constant needs them without pads.
Sample sample(Rng& rng) {
  const DType dtype = rng.chance(3) ? DType::s16 : DType::s8;
  const Interval range = interval_of(dtype);
  Sample sample = sample_pool2d(rng, dtype);
  const bool single = rng.chance(3);
  const auto& kernel = std::get<std::vector<std::int64_t>>(sample.attrs["kernel"]);
  const std::int64_t taps = kernel[0] * kernel[1];
  if (single) {
    sample.attrs["ceil_mode"] = std::int64_t{0};
    sample.attrs["count_include_pad"] = std::int64_t{1};
  } else {
    sample.attrs["count_include_pad"] = rng.integer(0, 1);
  }
  sample.attrs["pad_value"] = rng.integer(range.lowest, range.highest);
  const std::int64_t output_bits = sample_output_limits(rng, sample.attrs);
  const Interval sums = range * point(taps);
  const std::int64_t shift = rng.integer(0, greatest_shift(sums) - 1);
  sample.attrs["accumulator_shift"] = shift;
  const std::int64_t constants = single ? 1 : taps + 1;
  std::vector<std::int64_t> factors;
  for (std::int64_t i = 0; i < constants; ++i) factors.push_back(sample_multiplier(rng, sums, shift, output_bits));
  const std::int64_t reach = std::int64_t{1} << 29;
  sample.inputs = {sample_activation(dtype, extents_of(sample.inputs[0].type.shape)),
                   sample_constant(rng, DType::s32, {constants}, {-reach, reach}),
                   integer_constant(DType::s32, shape_of({constants}), factors)};
  return sample;
}

constexpr OpDef family[] = {
    {.name = "QuantizedAveragePool2d",
     .summary = "mean over 2-D windows of quantized elements, channels last",
     .arity = {.min_in = 3, .max_in = 3},
     .attrs = average_attrs,
     .infer = infer,
     .eval = eval,
     .bounds = bounds,
     .lower = lower,
     .sample = sample},
};

}  // namespace

std::span<const OpDef> quantized_pool2d_ops();
std::span<const OpDef> quantized_pool2d_ops() { return family; }

}  // namespace mote::ops
