// QuantizedAdd and QuantizedMul: sum (or difference) and product of two quantized tensors, s8 or s16 each,
// broadcasting, in one scale, with a table behind the clamp if there is a third operand (result_table.hpp). Values: codegen/kernels/quantized_broadcast.hpp; that they need no more than 32 bits
// before the last multiplication is proven from the element types, and from the elements of a constant operand.
#include <algorithm>
#include <bit>
#include <cmath>

#include "lib/ops/support/bounds.hpp"
#include "lib/ops/support/elementwise.hpp"
#include "lib/ops/support/floor_divide.hpp"
#include "lib/ops/support/operand_interval.hpp"
#include "lib/ops/support/result_table.hpp"
#include "lib/ops/support/sampling.hpp"
#include "lib/ops/support/types.hpp"

namespace mote::ops {
namespace {

constexpr std::size_t table_place = 2;
constexpr AttrSpec add_attrs[] = {highest_attr,
                                  lowest_attr,
                                  int32_attr("multiplier_a"),
                                  int32_attr("multiplier_b"),
                                  int32_attr("offset"),
                                  output_bits_attr,
                                  {.name = "shift", .fallback = std::int64_t{0}, .lowest = 0, .highest = 31}};
constexpr AttrSpec mul_attrs[] = {accumulator_shift_attr,        highest_attr,         lowest_attr,
                                  multiplier_attr("multiplier"), int32_attr("offset"), output_bits_attr,
                                  int32_attr("zero_a"),          int32_attr("zero_b")};

Status prove_sum(const OpView& op) {
  const Interval left = operand_interval(op, 0) * point(op.integer("multiplier_a"));
  const Interval right = operand_interval(op, 1) * point(op.integer("multiplier_b"));
  MOTE_TRY_STATUS(expect_int32(op, "a * multiplier_a", left));
  MOTE_TRY_STATUS(expect_int32(op, "b * multiplier_b", right));
  MOTE_TRY_STATUS(expect_int32(op, "a * multiplier_a + b * multiplier_b", left + right));
  return expect_int32(op, "the sum with its offset", left + right + point(op.integer("offset")));
}

Status prove_product(const OpView& op) {
  const Interval left = operand_interval(op, 0) + point(-op.integer("zero_a"));
  const Interval right = operand_interval(op, 1) + point(-op.integer("zero_b"));
  MOTE_TRY_STATUS(expect_int32(op, "a - zero_a", left));
  MOTE_TRY_STATUS(expect_int32(op, "b - zero_b", right));
  return expect_accumulator(op, "the product", left * right, op.integer("offset"));
}

IntegerBounds bounds_of_add(const OpView& op, Intervals inputs) {
  const std::int64_t shift = op.integer("shift");
  const Interval left = inputs[0] * point(op.integer("multiplier_a"));
  const Interval right = inputs[1] * point(op.integer("multiplier_b"));
  const Interval sum = left + right, complete = sum + point(op.integer("offset"));
  const Interval result = floor_divide(complete, std::int64_t{1} << shift);
  double distances = 1.0;  // both multipliers and the offset are rounded
  for (std::size_t i = 0; i < 2; ++i)
    distances += largest_magnitude(inputs[i] + point(-1) * zero_point_of(op.in(i)));
  return behind_table(op, table_place,
                      {.output = clamped(result, output_limits(op)->clamp),
                       .unclamped = result,
                       .accumulator = AccumulatorBounds{.reached = hull(hull(left, right), sum), .shifted = complete},
                       .output_rounding = 0.5,
                       .constants_rounding = std::ldexp(0.5 * distances, -static_cast<int>(shift))});
}

IntegerBounds bounds_of_mul(const OpView& op, Intervals inputs) {
  const Interval product =
      (inputs[0] + point(-op.integer("zero_a"))) * (inputs[1] + point(-op.integer("zero_b")));
  const RequantizedSum sum{.reached = product,
                           .complete = product,
                           .offset = op.integer("offset"),
                           .multiplier = op.integer("multiplier"),
                           .rounding = nearest_rounding(op, product, op.integer("multiplier"))};
  return behind_table(op, table_place, bounds_of_requantized(op, {&sum, 1}));
}

template <Status (*prove)(const OpView&)>
Result<Types> infer(const OpView& op) {
  MOTE_TRY_STATUS(expect_activation(op, 0, "a"));
  MOTE_TRY_STATUS(expect_activation(op, 1, "b"));
  MOTE_TRY(Shape shape, broadcast_shape(op, std::array{op.in(0).shape, op.in(1).shape}));
  MOTE_TRY(const OutputLimits limits, output_limits(op));
  MOTE_TRY(const DType dtype, result_type(op, table_place, limits));
  MOTE_TRY_STATUS(prove(op));
  return Types{{.dtype = dtype, .shape = std::move(shape)}};
}

// f(a, b) of the elements in 64 bits, then the table.
template <class F>
void eval_pairs(const OpView& op, Operands in, Tensor& out, F f) {
  std::vector<std::int64_t> values(static_cast<std::size_t>(out.shape.elements()));
  const std::vector<std::int64_t> a = in[0]->to_integers(), b = in[1]->to_integers();
  const std::array strides{broadcast_strides(in[0]->shape, out.shape), broadcast_strides(in[1]->shape, out.shape)};
  for_each_position<2>(out.shape, strides, [&](std::size_t i, auto at) { values[i] = f(a[at[0]], b[at[1]]); });
  look_up(op, table_place, values);
  store_integers(values, out);
}

void eval_add(const OpView& op, Operands in, Outputs out) {
  const Interval clamp = output_limits(op)->clamp;
  const std::int64_t divisor = std::int64_t{1} << op.integer("shift");
  const std::int64_t left = op.integer("multiplier_a"), right = op.integer("multiplier_b");
  eval_pairs(op, in, out[0], [&](std::int64_t a, std::int64_t b) {
    return std::clamp(floor_divide(a * left + b * right + op.integer("offset"), divisor), clamp.lowest, clamp.highest);
  });
}

void eval_mul(const OpView& op, Operands in, Outputs out) {
  const Requantization requantized = requantization_of(op);
  const std::int64_t multiplier = op.integer("multiplier");
  const std::int64_t zero_a = op.integer("zero_a"), zero_b = op.integer("zero_b");
  eval_pairs(op, in, out[0],
             [&](std::int64_t a, std::int64_t b) { return requantized((a - zero_a) * (b - zero_b), multiplier); });
}

void append_attributes(const OpView& op, KernelCall& call, std::initializer_list<const char*> names) {
  for (const char* name : names) call.fields.emplace_back(name, field(op.integer(name)));
}

// a, b, table, y.
KernelCall call_of(const OpView& op, std::string kernel) {
  KernelCall call = broadcast_call(op, table_place, "quantized_broadcast", type_name(op.out(0).dtype));
  call.kernel = std::move(kernel);
  call.operands.insert(call.operands.end() - 1, table_operand(op, table_place));
  append_table_field(op, table_place, call);
  return call;
}

Result<KernelCall> lower_add(const OpView& op, const Target&) {
  KernelCall call = call_of(op, "quantized_add");
  append_attributes(op, call, {"multiplier_a", "multiplier_b", "offset", "shift"});
  const Interval clamp = output_limits(op)->clamp;
  call.fields.insert(call.fields.end(), {{"lowest", field(clamp.lowest)}, {"highest", field(clamp.highest)}});
  return call;
}

Result<KernelCall> lower_mul(const OpView& op, const Target&) {
  KernelCall call = call_of(op, "quantized_mul");
  append_attributes(op, call, {"zero_a", "zero_b", "offset", "multiplier"});
  append_requantize_fields(op, call);
  return call;
}

// Two operands that broadcast to one shape; the right one now and then a constant.
std::vector<Sample::Input> sample_operands(Rng& rng) {
  const Shape result = random_shape(rng, 0, 4, 5);
  std::vector<Sample::Input> operands;
  for (int i = 0; i < 2; ++i) {
    const DType dtype = rng.chance(4) ? DType::s16 : DType::s8;
    const std::vector<std::int64_t> extents = extents_of(rng.chance(3) ? random_operand_shape(rng, result) : result);
    operands.push_back(i == 1 && rng.chance(3) ? sample_constant(rng, dtype, extents, interval_of(dtype))
                                               : sample_activation(dtype, extents));
  }
  return operands;
}

// The multipliers take 30 bits together, so that half of the range is left for the offset; the shift brings the sum
// into the output's range or a little beyond.
Sample sample_add(Rng& rng) {
  Sample sample{.attrs = {}, .inputs = sample_operands(rng)};
  const std::int64_t output_bits = sample_output_limits(rng, sample.attrs);
  const Interval a = interval_of(sample.inputs[0].type.dtype), b = interval_of(sample.inputs[1].type.dtype);
  const std::int64_t most_a = (std::int64_t{1} << rng.integer(16, 29)) / -a.lowest,
                     most_b = (std::int64_t{1} << 29) / -b.lowest;
  const std::int64_t left = rng.integer(-most_a, most_a), right = rng.integer(-most_b, most_b);
  const std::int64_t half = std::int64_t{1} << 29;
  sample.inputs.push_back(sample_table(rng, output_bits));
  sample.attrs["multiplier_a"] = left;
  sample.attrs["multiplier_b"] = right;
  sample.attrs["offset"] = rng.integer(-half, half);
  const std::int64_t reach = -a.lowest * std::abs(left) - b.lowest * std::abs(right);
  const auto bits = static_cast<std::int64_t>(std::bit_width(static_cast<std::uint64_t>(reach)));
  sample.attrs["shift"] =
      rng.chance(6) ? rng.integer(0, 31) : std::max<std::int64_t>(bits - output_bits + rng.integer(-1, 1), 0);
  return sample;
}

Sample sample_mul(Rng& rng) {
  Sample sample{.attrs = {}, .inputs = sample_operands(rng)};
  const std::int64_t output_bits = sample_output_limits(rng, sample.attrs);
  Interval reached = point(1);
  for (std::size_t i = 0; i < 2; ++i) {
    const Interval range = interval_of(sample.inputs[i].type.dtype);
    // Two s16 with zero points at their ends would exceed 32 bits.
    const std::int64_t zero = range.highest > 127 ? 0 : rng.integer(range.lowest, range.highest);
    sample.attrs[i == 0 ? "zero_a" : "zero_b"] = zero;
    reached = reached * (range + point(-zero));
  }
  const std::int64_t shift = rng.integer(0, std::max<std::int64_t>(greatest_shift(reached) - 1, 0));
  const Interval shifted = reached * power_of_two(shift);
  sample.attrs["accumulator_shift"] = shift;
  sample.attrs["offset"] = rng.integer(std::max(int32_interval.lowest - shifted.lowest, -(std::int64_t{1} << 29)),
                                       std::min(int32_interval.highest - shifted.highest, std::int64_t{1} << 29));
  sample.attrs["multiplier"] = sample_multiplier(rng, reached, shift, output_bits);
  sample.inputs.push_back(sample_table(rng, output_bits));
  return sample;
}

constexpr OpDef family[] = {
    {.name = "QuantizedAdd",
     .summary = "weighted sum of two quantized tensors, broadcasting",
     .arity = {.min_in = 2, .max_in = 3},
     .attrs = add_attrs,
     .infer = infer<prove_sum>,
     .eval = eval_add,
     .bounds = bounds_of_add,
     .lower = lower_add,
     .sample = sample_add},
    {.name = "QuantizedMul",
     .summary = "product of two quantized tensors, broadcasting",
     .arity = {.min_in = 2, .max_in = 3},
     .attrs = mul_attrs,
     .infer = infer<prove_product>,
     .eval = eval_mul,
     .bounds = bounds_of_mul,
     .lower = lower_mul,
     .sample = sample_mul},
};

}  // namespace

std::span<const OpDef> quantized_binary_ops();
std::span<const OpDef> quantized_binary_ops() { return family; }

}  // namespace mote::ops
