// Distance of a float from an exact value.
#pragma once

#include <algorithm>
#include <cmath>

namespace mote::test {

// Units in the last place of the true value; a wrong infinity, NaN or sign of infinity is beyond any bound.
inline double distance_in_ulp(float actual, double exact) {
  const double wrong = 1e9;
  if (std::isnan(exact) || std::isnan(actual)) return std::isnan(exact) && std::isnan(actual) ? 0.0 : wrong;
  const double overflow = std::ldexp(2.0 - std::ldexp(1.0, -24), 127);
  if (std::fabs(exact) >= overflow) return static_cast<double>(actual) == std::copysign(HUGE_VAL, exact) ? 0.0 : wrong;
  if (std::isinf(actual)) return std::fabs(exact) > 0.999999 * overflow ? 1.0 : wrong;
  const int exponent = exact == 0.0 ? -126 : std::max(std::ilogb(exact), -126);
  return std::fabs(static_cast<double>(actual) - exact) / std::ldexp(1.0, exponent - 23);
}

}  // namespace mote::test
