#pragma once
#include <algorithm>
#include <cstdint>
#include <limits>

#include "lib/ir/type.hpp"
#include "lib/support/checked.hpp"

namespace mote::ops {

// All integers from lowest to highest: what an intermediate of integer arithmetic can be. The limits of 64 bits stand
// for infinities, so that a bound which is once lost stays lost and no proof is ever built on a wrapped number.
struct Interval {
  static constexpr std::int64_t minus_infinity = std::numeric_limits<std::int64_t>::min();
  static constexpr std::int64_t infinity = std::numeric_limits<std::int64_t>::max();

  std::int64_t lowest = 0, highest = 0;

  [[nodiscard]] bool contains(const Interval& other) const {
    return lowest <= other.lowest && other.highest <= highest;
  }
  bool operator==(const Interval&) const = default;
};

// What an integer type of up to 32 bits stores.
[[nodiscard]] Interval interval_of(DType dtype);
inline constexpr Interval int32_interval{std::numeric_limits<std::int32_t>::min(),
                                         std::numeric_limits<std::int32_t>::max()};

// The smallest interval around every sum, product or value of either operand.
[[nodiscard]] Interval operator+(const Interval& a, const Interval& b);
[[nodiscard]] Interval operator*(const Interval& a, const Interval& b);
[[nodiscard]] inline Interval hull(const Interval& a, const Interval& b) {
  return {std::min(a.lowest, b.lowest), std::max(a.highest, b.highest)};
}
[[nodiscard]] inline Interval point(std::int64_t value) { return {value, value}; }
[[nodiscard]] inline Interval power_of_two(std::int64_t exponent) { return point(std::int64_t{1} << exponent); }

}  // namespace mote::ops
