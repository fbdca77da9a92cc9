#pragma once
#include <cstdint>
#include <type_traits>

namespace mote::ops {

// Arithmetic that is defined for every operand: integers wrap (two's complement), floats follow IEEE-754. Narrow
// integers go through 64 bits, because uint16 * uint16 as int would overflow.
template <class T>
[[nodiscard]] constexpr T wrapping_add(T a, T b) {
  if constexpr (std::is_floating_point_v<T>)
    return a + b;
  else
    return static_cast<T>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
}

template <class T>
[[nodiscard]] constexpr T wrapping_subtract(T a, T b) {
  if constexpr (std::is_floating_point_v<T>)
    return a - b;
  else
    return static_cast<T>(static_cast<std::uint64_t>(a) - static_cast<std::uint64_t>(b));
}

template <class T>
[[nodiscard]] constexpr T wrapping_multiply(T a, T b) {
  if constexpr (std::is_floating_point_v<T>)
    return a * b;
  else
    return static_cast<T>(static_cast<std::uint64_t>(a) * static_cast<std::uint64_t>(b));
}

}  // namespace mote::ops
