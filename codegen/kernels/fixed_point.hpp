// The arithmetic of integer inference: shifts, the multiply-high, the clamp into an element type.
//
// A real factor f of an accumulator is a multiplier m in 0 .. 2^31 - 1 with f = m / 2^32, after a shift to the left where
// f is greater than a half. All rounding is floor; who wants round-to-nearest adds the half to the accumulator's start,
// where it costs nothing. That no intermediate leaves its type was proven when the network was compiled.
#ifndef MOTE_KERNELS_FIXED_POINT_HPP
#define MOTE_KERNELS_FIXED_POINT_HPP

#include "kernel_base.hpp"

namespace MOTE_NAMESPACE {

// floor(value / 2^count), 0 <= count < the width of the type. Before C++20 the standard leaves `>>` of a negative number
// to the compiler; all that build this shift in the sign, as the assertion shows. The only place that relies on it.
static_assert((static_cast<int32_t>(-3) >> 1) == -2, "a compiler with an arithmetic shift to the right is needed");
MOTE_ALWAYS_INLINE constexpr int32_t shift_right(int32_t value, int32_t count) { return value >> count; }
MOTE_ALWAYS_INLINE constexpr int64_t shift_right(int64_t value, int32_t count) { return value >> count; }

// value * 2^count, 0 <= count <= 30, of a result that fits: as a multiplication, because `<<` of a negative number is
// undefined before C++20.
MOTE_ALWAYS_INLINE constexpr int32_t shift_left(int32_t value, int32_t count) {
  return value * static_cast<int32_t>(static_cast<int32_t>(1) << count);
}

// floor(value * multiplier / 2^32): the high half of the product, one instruction where the machine has it.
MOTE_ALWAYS_INLINE constexpr int32_t multiply_high(int32_t value, int32_t multiplier) {
  return static_cast<int32_t>(shift_right(static_cast<int64_t>(value) * multiplier, 32));
}

// The same of a sum of two products, rounded once. A residual is an element of 8 or 16 bits; its weight of 2^8 lets its
// multiplier express factors from 2^-24 to 2^7.
MOTE_ALWAYS_INLINE constexpr int32_t multiply_high_with_residual(int32_t value, int32_t multiplier, int32_t residual,
                                                                 int32_t residual_multiplier) {
  return static_cast<int32_t>(
      shift_right(static_cast<int64_t>(value) * multiplier +
                      static_cast<int64_t>(shift_left(residual, 8)) * residual_multiplier,
                  32));
}

// Into an element type that holds lowest and highest.
template <class T>
MOTE_ALWAYS_INLINE constexpr T clamp_to(int32_t value, int32_t lowest, int32_t highest) {
  return static_cast<T>(value < lowest ? lowest : (value > highest ? highest : value));
}

}  // namespace MOTE_NAMESPACE

#endif  // MOTE_KERNELS_FIXED_POINT_HPP
