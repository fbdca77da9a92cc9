#pragma once
#include <cstdint>

namespace mote::ops {

// The quotient rounded downwards, of a positive divisor: what the kernels compute with a shift to the right.
[[nodiscard]] constexpr std::int64_t floor_divide(std::int64_t dividend, std::int64_t divisor) {
  const std::int64_t quotient = dividend / divisor;
  return dividend % divisor < 0 ? quotient - 1 : quotient;
}

}  // namespace mote::ops
