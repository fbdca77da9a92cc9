// Requantize: integers in another scale, zero point and element type, y = clamp(floor((x * multiplier + offset) /
// 2^shift)); x any integer of up to 32 bits, `to` (a number of ONNX's TensorProto.DataType, as Cast's) s8, u8, s16, u16
// or s32, whose limits are the clamp. That the sum fits 64 bits is proven. Value: codegen/kernels/requantize.hpp.
#include "lib/ops/support/requantize.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>

#include "lib/ops/support/bounds.hpp"
#include "lib/ops/support/elementwise.hpp"
#include "lib/ops/support/expect_dtype.hpp"
#include "lib/ops/support/floor_divide.hpp"
#include "lib/ops/support/sampling.hpp"
#include "lib/ops/support/types.hpp"
#include "lib/support/checked.hpp"

namespace mote::ops {
namespace {

constexpr std::int64_t largest_shift = 62;
constexpr AttrSpec requantize_attrs[] = {
    {.name = "multiplier", .required = true, .lowest = -2147483648.0, .highest = 2147483647.0},
    {.name = "offset", .fallback = std::int64_t{0}},
    {.name = "shift", .fallback = std::int64_t{0}, .lowest = 0, .highest = static_cast<double>(largest_shift)},
    {.name = "to", .required = true}};

Result<DType> result_dtype(const OpView& op) {
  constexpr std::array results{DType::s8, DType::u8, DType::s16, DType::u16, DType::s32};
  const auto dtype = dtype_from_onnx(op.integer("to"));
  if (dtype && std::ranges::find(results, *dtype) != results.end()) return *dtype;
  return at(op, Code::unsupported_type,
            "the result is " +
                (dtype ? std::string(name_of(*dtype)) : "of ONNX type " + std::to_string(op.integer("to"))) +
                ", expected s8, u8, s16, u16 or s32");
}

// A product of two 32-bit numbers is below 2^63, so only the offset can leave 64 bits.
Status check_sum(const OpView& op) {
  const Interval x = interval_of(op.in(0).dtype);
  for (const std::int64_t end : {x.lowest, x.highest})
    if (!checked_add(end * op.integer("multiplier"), op.integer("offset")))
      return at(op, Code::integer_overflow,
                "x * " + std::to_string(op.integer("multiplier")) + " + " + std::to_string(op.integer("offset")) +
                    " exceeds 64 bits for x = " + std::to_string(end) + " of " + std::string(name_of(op.in(0).dtype)),
                {"use a smaller offset"});
  return Ok{};
}

Result<Types> infer(const OpView& op) {
  MOTE_TRY_STATUS(expect_dtype(op, 0, "x", {DType::s8, DType::u8, DType::s16, DType::u16, DType::s32, DType::u32}));
  MOTE_TRY(const DType dtype, result_dtype(op));
  MOTE_TRY_STATUS(check_sum(op));
  return Types{{.dtype = dtype, .shape = op.in(0).shape}};
}

void eval(const OpView& op, Operands in, Outputs out) {
  const Interval limits = interval_of(out[0].dtype);
  const std::int64_t divisor = std::int64_t{1} << op.integer("shift");
  std::vector<std::int64_t> values = in[0]->to_integers();
  for (std::int64_t& value : values)
    value = std::clamp(floor_divide(value * op.integer("multiplier") + op.integer("offset"), divisor), limits.lowest,
                       limits.highest);
  store_integers(values, out[0]);
}

IntegerBounds bounds(const OpView& op, Intervals inputs) {
  const std::int64_t multiplier = op.integer("multiplier"), shift = op.integer("shift");
  const Interval sum = inputs[0] * point(multiplier) + point(op.integer("offset"));
  const Interval result = floor_divide(sum, std::int64_t{1} << shift);
  const double from_zero = largest_magnitude(inputs[0] + point(-1) * zero_point_of(op.in(0)));
  // Without a shift both are integers by nature: levels change their type, not their grid.
  const bool is_exact = shift == 0;
  return {.output = clamped(result, interval_of(op.out(0).dtype)),
          .unclamped = result,
          .accumulator = AccumulatorBounds{.reached = inputs[0] * point(multiplier),
                                           .shifted = sum,
                                           .limits = {Interval::minus_infinity + 1, Interval::infinity - 1}},
          .output_rounding = is_exact ? 0.0 : 0.5,
          .constants_rounding = is_exact ? 0.0 : std::ldexp(0.5 * (from_zero + 1.0), -static_cast<int>(shift))};
}

Result<KernelCall> lower(const OpView& op, const Target&) {
  const Interval limits = interval_of(op.out(0).dtype);
  const std::int64_t offset = op.integer("offset");
  return KernelCall{.header = "requantize",
                    .kernel = "requantize",
                    .fields = {{"count", field(op.in(0).shape.elements())},
                               {"multiplier", field(op.integer("multiplier"))},
                               {"offset_high", field(offset >> 32)},
                               {"offset_low", static_cast<std::int32_t>(static_cast<std::uint32_t>(offset))},
                               {"shift", field(op.integer("shift"))},
                               {"lowest", field(limits.lowest)},
                               {"highest", field(limits.highest)}},
                    .operands = {op.node.inputs[0], op.node.outputs[0]},
                    .traversal = elementwise_traversal(op)};
}

// Mostly a shift that lets the greatest x reach the limits of the result, or exceed them by half; then any numbers.
void sample_scale(Rng& rng, Attrs& attrs, const Interval& x, const Interval& result) {
  const std::int64_t multiplier = rng.integer(int32_interval.lowest, int32_interval.highest);
  const std::int64_t largest = std::max(x.highest, -x.lowest) * std::abs(multiplier);
  const bool fits = !rng.chance(4);
  const auto spread = static_cast<std::uint64_t>(largest / result.highest);
  const auto shift = fits ? static_cast<std::int64_t>(std::bit_width(spread)) : rng.integer(0, largest_shift);
  const std::int64_t room = std::numeric_limits<std::int64_t>::max() - largest;
  const std::int64_t reach = std::min(room, std::int64_t{1} << (fits ? shift : 61));
  attrs["multiplier"] = multiplier;
  attrs["shift"] = shift;
  attrs["offset"] = rng.integer(-reach, reach);
}

Sample sample(Rng& rng) {
  constexpr std::array sources{DType::s8, DType::u8, DType::s16, DType::u16, DType::s32, DType::u32};
  constexpr std::array<std::int64_t, 5> results{2, 3, 4, 5, 6};  // u8, s8, u16, s16, s32
  const DType source = sources[static_cast<std::size_t>(rng.integer(0, 5))];
  Sample sample;
  const std::int64_t to = results[static_cast<std::size_t>(rng.integer(0, 4))];
  sample.attrs["to"] = to;
  sample_scale(rng, sample.attrs, interval_of(source), interval_of(*dtype_from_onnx(to)));
  sample.inputs = {sample_activation(source, extents_of(random_shape(rng, 0, 4, 5)))};
  return sample;
}

constexpr OpDef family[] = {
    {.name = "Requantize",
     .summary = "integers in another scale, zero point and element type",
     .attrs = requantize_attrs,
     .infer = infer,
     .eval = eval,
     .bounds = bounds,
     .lower = lower,
     .sample = sample},
};

}  // namespace

std::span<const OpDef> requantize_ops();
std::span<const OpDef> requantize_ops() { return family; }

}  // namespace mote::ops
