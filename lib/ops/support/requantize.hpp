#pragma once
#include <span>
#include <string_view>

#include "lib/ops/interval.hpp"
#include "lib/ops/op_def.hpp"

namespace mote::ops {

// How every integer operator turns an int32 accumulator into its output. A real number is scale * (stored - zero
// point); scales are folded into one multiplier per output channel, zero points and the half that turns floor into
// round-to-nearest into the accumulator's start. What is left is one multiply-high:
//   y = clamp(floor((((accumulator << accumulator_shift) + offset) * multiplier [+ residual part]) / 2^32),
//             lowest, highest)
// with 0 <= multiplier < 2^31. `infer` proves from the operands' types and the constants that everything before the
// multiplication fits int32, for every possible activation: the emitted code has nothing to check.
inline constexpr AttrSpec accumulator_shift_attr{
    .name = "accumulator_shift", .fallback = std::int64_t{0}, .lowest = 0, .highest = 30};
// Absent: the limit of the output's type.
inline constexpr AttrSpec highest_attr{.name = "highest", .lowest = -32768, .highest = 32767};
inline constexpr AttrSpec lowest_attr{.name = "lowest", .lowest = -32768, .highest = 32767};
// 8: s8, 16: s16.
inline constexpr AttrSpec output_bits_attr{
    .name = "output_bits", .fallback = std::int64_t{8}, .lowest = 8, .highest = 16};
// Attributes that the kernels keep in an int32_t, of either sign or for a multiplication whose result is not negative.
constexpr AttrSpec int32_attr(std::string_view name) {
  return {.name = name, .fallback = std::int64_t{0}, .lowest = -2147483648.0, .highest = 2147483647.0};
}
constexpr AttrSpec multiplier_attr(std::string_view name) {
  return {.name = name, .required = true, .lowest = 0, .highest = 2147483647.0};
}

// What an output may hold: its type, and the clamp inside it.
struct OutputLimits {
  DType dtype = DType::s8;
  Interval clamp{};
};
// From output_bits, lowest and highest; rejects other widths and bounds that are out of order or out of the type.
[[nodiscard]] Result<OutputLimits> output_limits(const OpView& op);

// Activations of integer operators are s8 or s16.
[[nodiscard]] Status expect_activation(const OpView& op, std::size_t input, std::string_view role);
// A constant of one type and shape: the integer operands per output channel.
[[nodiscard]] Status expect_constant_of(const OpView& op, std::size_t input, std::string_view role, DType dtype,
                                        std::vector<std::int64_t> extents);
// The multipliers of `count` output channels: s32, none negative.
[[nodiscard]] Status expect_multipliers(const OpView& op, std::size_t input, std::int64_t count);

// The proof: `reached` holds every value of an intermediate, `what` names it ("the accumulator of channel 3").
[[nodiscard]] Status expect_int32(const OpView& op, std::string_view what, const Interval& reached);
// The same for an accumulator, before and after `accumulator_shift` and `offset` are applied.
[[nodiscard]] Status expect_accumulator(const OpView& op, std::string_view what, const Interval& reached,
                                        std::int64_t offset = 0);

// The reference arithmetic, in plain 64 bits: shares nothing with the kernels. `>>` is the floor of a division (C++20).
struct Requantization {
  std::int64_t accumulator_shift = 0;
  std::int64_t offset = 0;
  Interval clamp{};

  // `residual_product` = (residual << 8) * residual_multiplier, 0 without a residual.
  [[nodiscard]] std::int64_t operator()(std::int64_t accumulator, std::int64_t multiplier,
                                        std::int64_t residual_product = 0) const {
    const std::int64_t shifted = accumulator * (std::int64_t{1} << accumulator_shift) + offset;
    return std::clamp((shifted * multiplier + residual_product) >> 32, clamp.lowest, clamp.highest);
  }
};
// For eval: of an operator whose infer has succeeded. Reads `offset` where the operator has that attribute.
[[nodiscard]] Requantization requantization_of(const OpView& op);

// Every element into a tensor of integers that holds them all.
void store_integers(std::span<const std::int64_t> values, Tensor& tensor);

// Appends the kernel fields accumulator_shift, lowest, highest.
void append_requantize_fields(const OpView& op, KernelCall& call);

// For samplers. Sometimes 16 bits, sometimes bounds, now and then bounds that clamp most values; gives output_bits.
std::int64_t sample_output_limits(Rng& rng, Attrs& attrs);
// A multiplier that spreads accumulators out of `reached` over the output's type; now and then 0 or the greatest.
[[nodiscard]] std::int64_t sample_multiplier(Rng& rng, const Interval& reached, std::int64_t accumulator_shift,
                                             std::int64_t output_bits);
// The greatest accumulator_shift that keeps `reached` in int32.
[[nodiscard]] std::int64_t greatest_shift(const Interval& reached);
// A constant of integers, uniform in `values`.
[[nodiscard]] Sample::Input sample_constant(Rng& rng, DType dtype, std::vector<std::int64_t> extents,
                                            const Interval& values);
// An activation that is drawn from all values of its type.
[[nodiscard]] Sample::Input sample_activation(DType dtype, std::vector<std::int64_t> extents);

}  // namespace mote::ops
