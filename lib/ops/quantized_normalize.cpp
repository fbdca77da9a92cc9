// QuantizedNormalize: Normalize of s8 or s16 elements. multiplier and offset, constants s32 that broadcast to x and have
// its rank, hold scale and bias in output levels: in units of 2^-16, and of 2^-8 with the zero point and one half. `epsilon`
// is an integer in units of (scale of x / count)^2; `zero_point` is x's, of no meaning with `center`.
// Value: codegen/kernels/quantized_normalize.hpp. That no sum leaves its type is proven from the extent of a row.
#include <cmath>

#include "lib/ops/support/bounds.hpp"
#include "lib/ops/support/floor_divide.hpp"
#include "lib/ops/support/normalize_form.hpp"
#include "lib/ops/support/operand_interval.hpp"
#include "lib/ops/support/requantize.hpp"
#include "lib/ops/support/sampling.hpp"
#include "lib/ops/support/types.hpp"

namespace mote::ops {
namespace {

constexpr std::int64_t unit = 1 << 16;  // of a normalized element
constexpr AttrSpec normalize_attrs[] = {
    normalize_axes_attr,
    normalize_center_attr,
    {.name = "epsilon", .fallback = std::int64_t{0}, .lowest = 0, .highest = 4.0e18},
    highest_attr,
    lowest_attr,
    output_bits_attr,
    {.name = "zero_point", .fallback = std::int64_t{0}, .lowest = -32768, .highest = 32767}};

bool is_centered(const OpView& op) { return op.integer("center") != 0; }

Interval magnitude_to(std::int64_t highest) { return {0, highest}; }

// The sum of the squares of a row, in a type of 32 bits for elements of 8.
AccumulatorBounds squares_of(const Interval& value, std::int64_t count, DType type) {
  const Interval squares = magnitude_to((value * value).highest) * point(count);
  const Interval limits = type == DType::s8 ? Interval{0, std::numeric_limits<std::uint32_t>::max()}
                                            : Interval{Interval::minus_infinity, Interval::infinity};
  return {.reached = squares, .shifted = squares, .limits = limits};
}

Status prove(const OpView& op, std::int64_t count) {
  const Interval value = interval_of(op.in(0).dtype) + point(-op.integer("zero_point"));
  const Interval sum = value * point(count);
  MOTE_TRY_STATUS(expect_int32(op, "the sum of " + std::to_string(count) + " elements", sum));
  MOTE_TRY_STATUS(expect_int32(op, "an element's distance from the mean, times the count",
                               is_centered(op) ? sum + point(-1) * sum : sum));
  const AccumulatorBounds squares = squares_of(value, count, op.in(0).dtype);
  const Interval total = squares.reached * point(count) + point(op.integer("epsilon"));
  if (squares.limits.contains(squares.reached) && total.highest < Interval::infinity) return Ok{};
  return at(op, Code::integer_overflow,
            "the squares of " + std::to_string(count) + " elements exceed " +
                (op.in(0).dtype == DType::s8 ? "32" : "64") + " bits",
            {"quantize to 8 bits, or leave this layer in floating point"});
}

Result<Types> infer(const OpView& op) {
  MOTE_TRY_STATUS(expect_activation(op, 0, "x"));
  MOTE_TRY(const OutputLimits limits, output_limits(op));
  MOTE_TRY(const NormalizeForm form, normalize_form(op, &op.in(1).shape));
  const auto extents = extents_of(op.in(1).shape);
  MOTE_TRY_STATUS(expect_constant_of(op, 1, "multiplier", DType::s32, extents));
  MOTE_TRY_STATUS(expect_constant_of(op, 2, "offset", DType::s32, extents));
  MOTE_TRY_STATUS(prove(op, form.count));
  return Types{{.dtype = limits.dtype, .shape = op.in(0).shape}};
}

// |d| / sqrt(Q) is at most sqrt(count): no element is further from the mean than all of them together.
std::int64_t largest_normalized(std::int64_t count) {
  return static_cast<std::int64_t>(std::sqrt(static_cast<double>(count)) * static_cast<double>(unit) * (1.0 + 0x1p-28)) + 2;
}

IntegerBounds bounds(const OpView& op, Intervals inputs) {
  const std::int64_t count = normalize_form(op, &op.in(1).shape)->count;
  const std::int64_t most = largest_normalized(count);
  const auto multiplier = op.constant(1).to_integers(), offset = op.constant(2).to_integers();
  std::optional<Interval> result;
  double largest = 0.0;
  for (std::size_t i = 0; i < multiplier.size(); ++i) {
    const Interval level = floor_divide(
        Interval{-most, most} * point(multiplier[i]) + point(offset[i] * (std::int64_t{1} << 24)), std::int64_t{1} << 32);
    result = result ? hull(*result, level) : level;
    largest = std::max(largest, std::abs(static_cast<double>(multiplier[i])));
  }
  const Interval clamp = output_limits(op)->clamp;
  const Interval value = inputs[0] + point(-op.integer("zero_point"));
  // One unit and 2^-29 of the normalized element, times the factor; half a unit of the factor; half a 2^-8 of the shift.
  const double element = (1.0 + static_cast<double>(most) * 0x1p-29) * largest * 0x1p-32;
  return {.output = result ? clamped(*result, clamp) : clamp,
          .unclamped = result.value_or(clamp),
          .accumulator = squares_of(value, count, op.in(0).dtype),
          .output_rounding = 0.5,
          .constants_rounding = element + static_cast<double>(most) * 0x1p-33 + 0x1p-9};
}

// The root by the host's, put right where that was rounded: shares nothing with the kernel's digits.
std::uint64_t root_of(std::uint64_t square) {
  auto root = static_cast<std::uint64_t>(std::sqrt(static_cast<double>(square)));
  root = std::min<std::uint64_t>(root, 0xFFFFFFFFU);
  while (root * root > square) --root;
  while (root < 0xFFFFFFFFU && (root + 1) * (root + 1) <= square) ++root;
  return root;
}

struct Row {
  std::int64_t count = 0, sum = 0, squares = 0;

  // The normalized element in units of 2^-16.
  [[nodiscard]] std::int64_t normalized(const OpView& op, std::int64_t value) const {
    const std::int64_t moved = is_centered(op) ? sum : 0;
    auto square = static_cast<std::uint64_t>(std::max<std::int64_t>(count * squares - moved * moved + op.integer("epsilon"), 1));
    std::int64_t halvings = 46;
    for (; square >> 62U == 0; square *= 4) --halvings;
    const auto reciprocal =
        std::min(static_cast<std::int64_t>((std::uint64_t{1} << 62U) / root_of(square)), int32_interval.highest);
    return floor_divide((count * value - moved) * reciprocal, std::int64_t{1} << halvings);
  }
};

void eval(const OpView& op, Operands in, Outputs out) {
  const NormalizeForm form = *normalize_form(op, &op.in(1).shape);
  const auto x = in[0]->to_integers(), multiplier = in[1]->to_integers(), offset = in[2]->to_integers();
  const Interval clamp = output_limits(op)->clamp;
  std::vector<std::int64_t> y(x.size());
  for_each_of(form.kept, [&](std::size_t first, std::size_t parameters) {
    Row row{.count = form.count};
    const auto value = [&](std::size_t i) { return x[first + i] - op.integer("zero_point"); };
    for_each_of(form.reduced, [&](std::size_t i, std::size_t) {
      row.sum += value(i);
      row.squares += value(i) * value(i);
    });
    for_each_of(form.reduced, [&](std::size_t i, std::size_t p) {
      const std::int64_t level = row.normalized(op, value(i)) * multiplier[parameters + p] +
                                 offset[parameters + p] * (std::int64_t{1} << 24);
      y[first + i] = std::clamp(floor_divide(level, std::int64_t{1} << 32), clamp.lowest, clamp.highest);
    });
  });
  store_integers(y, out[0]);
}

std::int64_t macs(const OpView& op) { return 3 * op.in(0).shape.elements(); }

Result<KernelCall> lower(const OpView& op, const Target&) {
  const NormalizeForm form = *normalize_form(op, &op.in(1).shape);
  const bool in_place = is_contiguous(form) && op.in(0).dtype == op.out(0).dtype;
  const auto& inputs = op.node.inputs;
  KernelCall call{.header = "quantized_normalize",
                  .kernel = "quantized_normalize",
                  .operands = {inputs[0], inputs[1], inputs[2], op.node.outputs[0]},
                  .traversal = in_place ? Traversal::elementwise : Traversal::opaque,
                  .macs = macs(op)};
  append_normalize_fields(call, form);
  const auto epsilon = static_cast<std::uint64_t>(op.integer("epsilon"));
  const Interval clamp = output_limits(op)->clamp;
  call.fields.insert(call.fields.end(),
                     {{"center", is_centered(op)},
                      {"zero_point", field(op.integer("zero_point"))},
                      {"epsilon_high", static_cast<std::int32_t>(epsilon >> 32U)},
                      {"epsilon_low", static_cast<std::int32_t>(static_cast<std::uint32_t>(epsilon))},
                      {"lowest", field(clamp.lowest)},
                      {"highest", field(clamp.highest)}});
  return call;
}

Sample sample(Rng& rng) {
  const DType dtype = rng.chance(3) ? DType::s16 : DType::s8;
  const NormalizeSample drawn = sample_normalize(rng);
  const bool center = rng.chance(2);
  Sample sample{.attrs = {{"axes", drawn.axes}, {"center", std::int64_t{center}}},
                .inputs = {sample_activation(dtype, extents_of(drawn.x))}};
  if (rng.chance(4)) sample.inputs[0].high = sample.inputs[0].low;  // rows without any variance
  if (!center) sample.attrs["zero_point"] = rng.integer(-128, 127);
  sample.attrs["epsilon"] = rng.chance(3) ? std::int64_t{0} : rng.integer(0, rng.chance(2) ? 1000 : std::int64_t{1} << 58);
  const std::int64_t output_bits = sample_output_limits(rng, sample.attrs);
  // From factors that spread a row over the type to such that leave it.
  const std::int64_t reach = std::int64_t{1} << (output_bits + rng.integer(13, 16));
  sample.inputs.push_back(sample_constant(rng, DType::s32, extents_of(drawn.parameters), {-reach, reach - 1}));
  sample.inputs.push_back(sample_constant(rng, DType::s32, extents_of(drawn.parameters), {-(1 << 16), 1 << 16}));
  return sample;
}

constexpr OpDef family[] = {
    {.name = "QuantizedNormalize",
     .summary = "quantized rows of mean 0 and variance 1, times a scale plus a bias",
     .arity = {.min_in = 3, .max_in = 3},
     .attrs = normalize_attrs,
     .infer = infer,
     .eval = eval,
     .bounds = bounds,
     .macs = macs,
     .lower = lower,
     .sample = sample},
};

}  // namespace

std::span<const OpDef> quantized_normalize_ops();
std::span<const OpDef> quantized_normalize_ops() { return family; }

}  // namespace mote::ops
