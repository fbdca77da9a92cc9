#include "lib/ops/support/bounds.hpp"

#include <cmath>

#include "lib/ops/support/floor_divide.hpp"
#include "lib/ops/support/requantize.hpp"

namespace mote::ops {
namespace {

constexpr std::int64_t multiplier_one = std::int64_t{1} << 32;

bool is_wider(const AccumulatorBounds& a, const AccumulatorBounds& b) {
  return largest_magnitude(hull(a.reached, a.shifted)) > largest_magnitude(hull(b.reached, b.shifted));
}

}  // namespace

IntegerBounds bounds_of_moved(const OpView& op, Intervals inputs) {
  const DType dtype = op.out(0).dtype;
  std::optional<Interval> all;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (!op.has_in(i) || op.in(i).dtype != dtype) continue;
    // Extremes of nothing are the limits of the type.
    if (op.in(i).shape.elements() == 0) return {.output = interval_of(dtype)};
    all = all ? hull(*all, inputs[i]) : inputs[i];
  }
  return {.output = all.value_or(interval_of(dtype))};
}

Interval zero_point_of(const TensorType& type) {
  return type.quant && type.quant->zero_point.size() == 1 ? point(type.quant->zero_point[0]) : interval_of(type.dtype);
}

IntegerBounds bounds_of_requantized(const OpView& op, std::span<const RequantizedSum> sums, const Interval& residual) {
  const Requantization rule = requantization_of(op);
  IntegerBounds bounds{.output_rounding = 0.5};
  for (const RequantizedSum& sum : sums) {
    const auto shifted = [&](const Interval& reached) {
      return reached * power_of_two(rule.accumulator_shift) + point(sum.offset);
    };
    const AccumulatorBounds accumulator{
        .channel = sum.channel, .reached = sum.reached, .shifted = shifted(sum.reached)};
    const Interval result = floor_divide(shifted(sum.complete) * point(sum.multiplier) + residual, multiplier_one);
    const bool is_first = !bounds.unclamped;
    bounds.unclamped = is_first ? result : hull(*bounds.unclamped, result);
    if (is_first || is_wider(accumulator, *bounds.accumulator)) bounds.accumulator = accumulator;
    bounds.constants_rounding = std::max(bounds.constants_rounding, sum.rounding);
  }
  bounds.output = bounds.unclamped ? clamped(*bounds.unclamped, rule.clamp) : rule.clamp;
  return bounds;
}

double nearest_rounding(const OpView& op, const Interval& from_zero, std::int64_t multiplier) {
  const int shift = static_cast<int>(op.integer("accumulator_shift"));
  return std::ldexp(0.5 * largest_magnitude(from_zero), shift - 32) +
         std::ldexp(0.5 * static_cast<double>(multiplier), -32);
}

double largest_magnitude(const Interval& interval) {
  return std::max(-static_cast<double>(interval.lowest), static_cast<double>(interval.highest));
}

Interval floor_divide(const Interval& interval, std::int64_t divisor) {
  const auto divided = [&](std::int64_t end) {
    return end == Interval::infinity || end == Interval::minus_infinity ? end : floor_divide(end, divisor);
  };
  return {divided(interval.lowest), divided(interval.highest)};
}

Interval clamped(const Interval& interval, const Interval& clamp) {
  return {std::clamp(interval.lowest, clamp.lowest, clamp.highest),
          std::clamp(interval.highest, clamp.lowest, clamp.highest)};
}

}  // namespace mote::ops
