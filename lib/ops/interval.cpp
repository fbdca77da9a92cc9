#include "lib/ops/interval.hpp"

#include <array>

#include "lib/support/check.hpp"

namespace mote::ops {
namespace {

constexpr std::int64_t infinity = Interval::infinity, minus_infinity = Interval::minus_infinity;

// `lost`: the infinity of the side that is bounded.
std::int64_t bound_of_sum(std::int64_t a, std::int64_t b, std::int64_t lost) {
  return a == lost || b == lost ? lost : checked_add(a, b).value_or(lost);
}

bool is_infinite(std::int64_t value) { return value == infinity || value == minus_infinity; }

std::int64_t saturated_product(std::int64_t a, std::int64_t b) {
  if (a == 0 || b == 0) return 0;
  const std::int64_t beyond = (a < 0) == (b < 0) ? infinity : minus_infinity;
  return is_infinite(a) || is_infinite(b) ? beyond : checked_mul(a, b).value_or(beyond);
}

}  // namespace

Interval interval_of(DType dtype) {
  switch (dtype) {
    case DType::s8: return {-128, 127};
    case DType::u8: return {0, 255};
    case DType::s16: return {-32768, 32767};
    case DType::u16: return {0, 65535};
    case DType::u32: return {0, std::numeric_limits<std::uint32_t>::max()};
    default: break;
  }
  MOTE_CHECK(dtype == DType::s32);
  return int32_interval;
}

Interval operator+(const Interval& a, const Interval& b) {
  return {bound_of_sum(a.lowest, b.lowest, minus_infinity), bound_of_sum(a.highest, b.highest, infinity)};
}

Interval operator*(const Interval& a, const Interval& b) {
  const std::array corners{saturated_product(a.lowest, b.lowest), saturated_product(a.lowest, b.highest),
                           saturated_product(a.highest, b.lowest), saturated_product(a.highest, b.highest)};
  const auto [lowest, highest] = std::minmax_element(corners.begin(), corners.end());
  return {*lowest, *highest};
}

}  // namespace mote::ops
