// QuantizedRadialKernel: exponentials of squared distances between levels x [N,F] and constant points [P,F], s8 or s16
// each, both on the grid of x, as s16 [N,P] in 2^-15 (1 is 32767).
//   d = sum of ((|x - p| + half) >> difference_shift)^2                       int32, proven from the points
//   u = (d * multiplier) >> shift, the exponent of 2 in 2^-15                 64 bits
//   y = 2^-u, by the table s32 [65] of 2^-(i/64) in 2^-16 and straight lines between its entries
// Value: codegen/kernels/quantized_radial_kernel.hpp.
#include <cmath>

#include "lib/ops/support/bounds.hpp"
#include "lib/ops/support/expect.hpp"
#include "lib/ops/support/operand_interval.hpp"
#include "lib/ops/support/requantize.hpp"
#include "lib/ops/support/sampling.hpp"
#include "lib/ops/support/types.hpp"

namespace mote::ops {
namespace {

constexpr std::int64_t table_size = 65;
constexpr AttrSpec kernel_attrs[] = {
    {.name = "difference_shift", .fallback = std::int64_t{0}, .lowest = 0, .highest = 15},
    multiplier_attr("multiplier"),
    {.name = "shift", .required = true, .lowest = 0, .highest = 62}};

// |x - p| after difference_shift, at most, for levels in these intervals.
std::int64_t largest_difference(const OpView& op, const Interval& x, const Interval& points) {
  const std::int64_t largest = std::max(x.highest - points.lowest, points.highest - x.lowest);
  const std::int64_t shift = op.integer("difference_shift");
  return (largest + ((std::int64_t{1} << shift) >> 1)) >> shift;
}

Interval distances(const OpView& op, const Interval& x) {
  const std::int64_t difference = largest_difference(op, x, operand_interval(op, 1));
  return Interval{0, difference} * point(difference) * point(op.in(0).shape[1]);
}

Status check_table(const OpView& op) {
  MOTE_TRY_STATUS(expect_constant_of(op, 2, "table", DType::s32, {table_size}));
  for (const std::int64_t entry : op.constant(2).to_integers())
    if (entry < 0 || entry > 65536)
      return at(op, Code::attribute_range, "the table holds " + std::to_string(entry) + ", must be 0 to 65536");
  return Ok{};
}

Result<Types> infer(const OpView& op) {
  MOTE_TRY_STATUS(expect_activation(op, 0, "x"));
  MOTE_TRY_STATUS(expect_activation(op, 1, "points"));
  MOTE_TRY_STATUS(expect_constant(op, 1, "points"));
  MOTE_TRY_STATUS(expect_rank(op, 0, "x", 2, 2));
  MOTE_TRY_STATUS(expect_rank(op, 1, "points", 2, 2));
  MOTE_TRY_STATUS(expect_shape(op, 1, "points", {op.in(1).shape[0], op.in(0).shape[1]}));
  MOTE_TRY_STATUS(check_table(op));
  MOTE_TRY_STATUS(expect_int32(op, "the distance", distances(op, operand_interval(op, 0))));
  MOTE_TRY(TensorType type, make_type(op, DType::s16, {op.in(0).shape[0], op.in(1).shape[0]}));
  return Types{std::move(type)};
}

// Of the result: table and multiplier are the nearest, straight lines are within half a level of 2^-u, and cutting u off
// moves it by at most ln 2.
IntegerBounds bounds(const OpView& op, Intervals inputs) {
  const Interval sum = distances(op, inputs[0]);
  return {.output = {0, 32767},
          .unclamped = Interval{0, 32768},
          .accumulator = AccumulatorBounds{.reached = sum, .shifted = sum},
          .output_rounding = 0.5,
          .constants_rounding = 2.0};
}

std::int64_t power_of_minus(std::int64_t exponent, std::span<const std::int32_t> table) {
  const std::int64_t whole = exponent >> 15;
  if (whole > 16) return 0;
  const auto entry = static_cast<std::size_t>((exponent & 32767) >> 9);
  const std::int64_t part = exponent & 511;
  const std::int64_t value = table[entry] - (((table[entry] - std::int64_t{table[entry + 1]}) * part + 256) >> 9);
  return std::min<std::int64_t>((value + (std::int64_t{1} << whole)) >> (whole + 1), 32767);
}

void eval(const OpView& op, Operands in, Outputs out) {
  const std::vector<std::int64_t> x = in[0]->to_integers(), points = in[1]->to_integers();
  const auto depth = static_cast<std::size_t>(op.in(0).shape[1]), columns = static_cast<std::size_t>(op.in(1).shape[0]);
  const std::int64_t shift = op.integer("difference_shift"), half = (std::int64_t{1} << shift) >> 1;
  const auto y = out[0].as<std::int16_t>();
  for (std::size_t i = 0; i < y.size(); ++i) {
    const std::int64_t* const row = x.data() + i / columns * depth;
    const std::int64_t* const point_row = points.data() + i % columns * depth;
    std::int64_t sum = 0;
    for (std::size_t k = 0; k < depth; ++k) {
      const std::int64_t difference = (std::abs(row[k] - point_row[k]) + half) >> shift;
      sum += difference * difference;
    }
    const std::int64_t exponent = (sum * op.integer("multiplier")) >> op.integer("shift");
    y[i] = static_cast<std::int16_t>(power_of_minus(exponent, in[2]->as<std::int32_t>()));
  }
}

std::int64_t macs(const OpView& op) { return op.in(0).shape.elements() * op.in(1).shape[0]; }

Result<KernelCall> lower(const OpView& op, const Target&) {
  return KernelCall{.header = "quantized_radial_kernel",
                    .kernel = "quantized_radial_kernel",
                    .fields = {{"rows", field(op.in(0).shape[0])},
                               {"depth", field(op.in(0).shape[1])},
                               {"columns", field(op.in(1).shape[0])},
                               {"difference_shift", field(op.integer("difference_shift"))},
                               {"multiplier", field(op.integer("multiplier"))},
                               {"shift", field(op.integer("shift"))}},
                    .operands = {op.node.inputs[0], op.node.inputs[1], op.node.inputs[2], op.node.outputs[0]},
                    .macs = macs(op)};
}

Sample sample(Rng& rng) {
  const std::int64_t depth = rng.integer(1, 7);
  const DType dtype = rng.chance(3) ? DType::s16 : DType::s8;
  std::vector<std::int64_t> table;
  for (std::int64_t i = 0; i < table_size; ++i)
    table.push_back(std::llround(65536.0 * std::exp2(-static_cast<double>(i) / 64.0)));
  return {.attrs = {{"difference_shift", std::int64_t{dtype == DType::s16 ? 3 : 0}},
                    {"multiplier", rng.integer(1 << 29, 2147483647)},
                    {"shift", rng.integer(26, 36)}},
          .inputs = {sample_activation(dtype, {rng.integer(1, 4), depth}),
                     sample_constant(rng, dtype, {rng.integer(1, 6), depth}, interval_of(dtype)),
                     integer_constant(DType::s32, shape_of({table_size}), table)}};
}

constexpr OpDef family[] = {
    {.name = "QuantizedRadialKernel",
     .summary = "RadialKernel of quantized features in integers",
     .arity = {.min_in = 3, .max_in = 3},
     .attrs = kernel_attrs,
     .infer = infer,
     .eval = eval,
     .bounds = bounds,
     .macs = macs,
     .lower = lower,
     .sample = sample},
};

}  // namespace

std::span<const OpDef> quantized_radial_kernel_ops();
std::span<const OpDef> quantized_radial_kernel_ops() { return family; }

}  // namespace mote::ops
