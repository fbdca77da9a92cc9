#pragma once
#include "lib/ops/integer_bounds.hpp"
#include "lib/ops/op_def.hpp"

// What the `bounds` of integer operators share. Errors are counted in output levels.
namespace mote::ops {

using Intervals = std::span<const Interval>;

// OpDef::bounds of operators whose results are elements of their inputs.
[[nodiscard]] IntegerBounds bounds_of_moved(const OpView& op, Intervals inputs);

// The zero points that an operand or result can have: the one of its type, if that says it, else any of its type.
[[nodiscard]] Interval zero_point_of(const TensorType& type);

// One accumulator in the terms of requantize.hpp, y = (((acc << shift) + offset) * multiplier + residual) >> 32.
struct RequantizedSum {
  std::int64_t channel = 0;
  Interval reached{};        // with partial sums
  Interval complete{};       // only whole sums
  std::int64_t offset = 0;
  std::int64_t multiplier = 0;
  double rounding = 0.0;  // what rounded constants move the result by
};

// The hull over all accumulators. `residual`: the values of residual * 256 * its multiplier.
[[nodiscard]] IntegerBounds bounds_of_requantized(const OpView& op, std::span<const RequantizedSum> sums,
                                                  const Interval& residual = {});

// What a multiplier and an offset add that are each the nearest integer: wrong by a half, for sums of `from_zero`,
// which is the accumulator that real arithmetic has, without zero points and the rounding's half.
[[nodiscard]] double nearest_rounding(const OpView& op, const Interval& from_zero, std::int64_t multiplier);

[[nodiscard]] double largest_magnitude(const Interval& interval);
[[nodiscard]] Interval floor_divide(const Interval& interval, std::int64_t divisor);
[[nodiscard]] Interval clamped(const Interval& interval, const Interval& clamp);

}  // namespace mote::ops
