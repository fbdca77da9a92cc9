#include "lib/ops/support/requantize.hpp"

#include <algorithm>

#include "lib/ops/support/expect.hpp"
#include "lib/ops/support/sampling.hpp"
#include "lib/ops/support/types.hpp"

namespace mote::ops {
namespace {

std::string text_of(std::int64_t bound) {
  if (bound == Interval::infinity) return "infinity";
  return bound == Interval::minus_infinity ? "-infinity" : std::to_string(bound);
}
std::string text_of(const Interval& interval) { return text_of(interval.lowest) + ".." + text_of(interval.highest); }

Interval clamp_of(const OpView& op, const Interval& type) {
  return {op.has("lowest") ? op.integer("lowest") : type.lowest,
          op.has("highest") ? op.integer("highest") : type.highest};
}

}  // namespace

Result<OutputLimits> output_limits(const OpView& op) {
  const std::int64_t bits = op.integer("output_bits");
  if (bits != 8 && bits != 16)
    return at(op, Code::attribute_range, "output_bits is " + std::to_string(bits) + ", expected 8 or 16",
              {"integer activations are s8 or s16"});
  const DType dtype = bits == 8 ? DType::s8 : DType::s16;
  const Interval type = interval_of(dtype), clamp = clamp_of(op, type);
  if (clamp.lowest > clamp.highest || !type.contains(clamp))
    return at(op, Code::attribute_range,
              "the clamp is " + text_of(clamp) + ", expected lowest <= highest inside " + text_of(type) +
                  ", the range of " + std::string(name_of(dtype)),
              {"leave the bounds out, or set output_bits"});
  return OutputLimits{.dtype = dtype, .clamp = clamp};
}

Status expect_activation(const OpView& op, std::size_t input, std::string_view role) {
  const DType dtype = op.in(input).dtype;
  if (dtype == DType::s8 || dtype == DType::s16) return Ok{};
  return at(op, Code::unsupported_type,
            "input '" + std::string(role) + "' is " + type_text(op.in(input)) + ", expected s8 or s16",
            {"insert a Requantize or QuantizeLinear before this node"});
}

Status expect_constant_of(const OpView& op, std::size_t input, std::string_view role, DType dtype,
                          std::vector<std::int64_t> extents) {
  if (op.in(input).dtype != dtype)
    return at(
        op, Code::unsupported_type,
        "input '" + std::string(role) + "' is " + type_text(op.in(input)) + ", expected " + std::string(name_of(dtype)),
        {"check the pass that made this node"});
  MOTE_TRY_STATUS(expect_shape(op, input, role, std::move(extents)));
  return expect_constant(op, input, role);
}

Status expect_multipliers(const OpView& op, std::size_t input, std::int64_t count) {
  MOTE_TRY_STATUS(expect_constant_of(op, input, "multiplier", DType::s32, {count}));
  const Tensor multipliers = op.constant(input);
  const auto values = multipliers.as<std::int32_t>();
  const auto negative = std::ranges::find_if(values, [](std::int32_t value) { return value < 0; });
  if (negative == values.end()) return Ok{};
  return at(op, Code::attribute_range,
            "multiplier[" + std::to_string(negative - values.begin()) + "] is " + std::to_string(*negative) +
                ", expected 0..2147483647",
            {"a negative factor belongs into the weights"});
}

Status expect_int32(const OpView& op, std::string_view what, const Interval& reached) {
  if (int32_interval.contains(reached)) return Ok{};
  return at(op, Code::integer_overflow,
            std::string(what) + " can be " + text_of(reached) + ", expected " + text_of(int32_interval),
            {"quantize with smaller weights, a smaller accumulator_shift, or activations of 8 bits"});
}

Status expect_accumulator(const OpView& op, std::string_view what, const Interval& reached, std::int64_t offset) {
  MOTE_TRY_STATUS(expect_int32(op, what, reached));
  const std::int64_t shift = op.integer("accumulator_shift");
  const Interval shifted = reached * power_of_two(shift);
  MOTE_TRY_STATUS(expect_int32(op, std::string(what) + " << " + std::to_string(shift), shifted));
  return expect_int32(op, std::string(what) + " << " + std::to_string(shift) + " + " + std::to_string(offset),
                      shifted + point(offset));
}

Requantization requantization_of(const OpView& op) {
  return {.accumulator_shift = op.integer("accumulator_shift"),
          .offset = op.has("offset") ? op.integer("offset") : 0,
          .clamp = output_limits(op)->clamp};
}

void store_integers(std::span<const std::int64_t> values, Tensor& tensor) {
  const Interval type = interval_of(tensor.dtype);
  visit_dtype(tensor.dtype, [&]<class T>() {
    std::ranges::transform(values, tensor.as<T>().begin(), [&](std::int64_t value) {
      MOTE_CHECK(type.contains(point(value)));
      return static_cast<T>(value);
    });
  });
}

void append_requantize_fields(const OpView& op, KernelCall& call) {
  const Requantization rule = requantization_of(op);
  call.fields.emplace_back("accumulator_shift", field(rule.accumulator_shift));
  call.fields.emplace_back("lowest", field(rule.clamp.lowest));
  call.fields.emplace_back("highest", field(rule.clamp.highest));
}

std::int64_t sample_output_limits(Rng& rng, Attrs& attrs) {
  const std::int64_t bits = rng.chance(3) ? 16 : 8;
  const Interval type = interval_of(bits == 8 ? DType::s8 : DType::s16);
  if (bits != 8 || rng.chance(2)) attrs["output_bits"] = bits;
  std::int64_t lowest = type.lowest;
  if (rng.chance(3)) attrs["lowest"] = lowest = rng.integer(type.lowest, rng.chance(4) ? type.highest : 0);
  if (rng.chance(3)) attrs["highest"] = rng.integer(std::max<std::int64_t>(lowest, 0), type.highest);
  return bits;
}

std::int64_t sample_multiplier(Rng& rng, const Interval& reached, std::int64_t accumulator_shift,
                               std::int64_t output_bits) {
  constexpr std::int64_t greatest = int32_interval.highest;
  if (rng.chance(10)) return rng.chance(2) ? 0 : greatest;
  const std::int64_t width = std::max<std::int64_t>(1, (reached.highest - reached.lowest) << accumulator_shift);
  // Few sums come near the limits of their interval, so the multiplier may exceed what would map it onto the type.
  const std::int64_t spread = (std::int64_t{1} << (32 + output_bits + rng.integer(0, 4))) / width;
  return std::min(greatest, rng.integer(spread / 2, std::max<std::int64_t>(spread, 1)));
}

std::int64_t greatest_shift(const Interval& reached) {
  std::int64_t shift = 0;
  while (shift < 30 && int32_interval.contains(reached * power_of_two(shift + 1))) ++shift;
  return shift;
}

Sample::Input sample_constant(Rng& rng, DType dtype, std::vector<std::int64_t> extents, const Interval& values) {
  Shape shape = shape_of(std::move(extents));
  std::vector<std::int64_t> drawn(static_cast<std::size_t>(shape.elements()));
  for (std::int64_t& value : drawn) value = rng.integer(values.lowest, values.highest);
  return integer_constant(dtype, std::move(shape), drawn);
}

Sample::Input sample_activation(DType dtype, std::vector<std::int64_t> extents) {
  const Interval values = interval_of(dtype);
  return {.type = {.dtype = dtype, .shape = shape_of(std::move(extents))},
          .low = static_cast<float>(values.lowest),
          .high = static_cast<float>(values.highest)};
}

}  // namespace mote::ops
