// Distance of a float from an exact value.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>

namespace mote::test {

// Where rounding to float gives infinity: half a unit above the largest float.
inline constexpr double float_overflow = 0x1.ffffffp127;

// 2^(e - 23) for |exact| in [2^e, 2^(e + 1)), but no less than the smallest subnormal float. From the bits, because the
// exhaustive test calls it for every float.
inline double unit_in_last_place(double exact) {
  const auto exponent = static_cast<std::int64_t>((std::bit_cast<std::uint64_t>(exact) >> 52) & 0x7ff) - 1023;
  return std::bit_cast<double>(static_cast<std::uint64_t>(std::max<std::int64_t>(exponent, -126) - 23 + 1023) << 52);
}

// Units in the last place of the true value; a wrong infinity, NaN or sign of infinity is beyond any bound.
inline double distance_in_ulp(float actual, double exact) {
  const double wrong = 1e9;
  if (std::isnan(exact) || std::isnan(actual)) return std::isnan(exact) && std::isnan(actual) ? 0.0 : wrong;
  if (std::fabs(exact) >= float_overflow)
    return static_cast<double>(actual) == std::copysign(HUGE_VAL, exact) ? 0.0 : wrong;
  if (std::isinf(actual)) return std::fabs(exact) > 0.999999 * float_overflow ? 1.0 : wrong;
  return std::fabs(static_cast<double>(actual) - exact) / unit_in_last_place(exact);
}

}  // namespace mote::test
