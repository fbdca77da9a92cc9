// Arithmetic that is defined for every operand. Integers wrap (two's complement), and a division by zero gives 0;
// floats follow IEEE-754.
#ifndef MOTE_KERNELS_ARITHMETIC_HPP
#define MOTE_KERNELS_ARITHMETIC_HPP
#include "kernel_base.hpp"

namespace MOTE_NAMESPACE {

// The unsigned type to calculate in: at least 32 bits wide, because uint16_t * uint16_t as int would overflow.
template <size_t Bytes>
struct WrappingType {
  using type = uint32_t;
};
template <>
struct WrappingType<8> {
  using type = uint64_t;
};
template <class T>
using wrapping = typename WrappingType<sizeof(T)>::type;

template <class T>
struct is_signed_integer {
  static constexpr bool value = static_cast<T>(-1) < static_cast<T>(1);
};

template <class T>
MOTE_ALWAYS_INLINE T add_of(T a, T b) {
  return static_cast<T>(static_cast<wrapping<T>>(a) + static_cast<wrapping<T>>(b));
}
template <class T>
MOTE_ALWAYS_INLINE T subtract_of(T a, T b) {
  return static_cast<T>(static_cast<wrapping<T>>(a) - static_cast<wrapping<T>>(b));
}
template <class T>
MOTE_ALWAYS_INLINE T multiply_of(T a, T b) {
  return static_cast<T>(static_cast<wrapping<T>>(a) * static_cast<wrapping<T>>(b));
}
template <class T>
MOTE_ALWAYS_INLINE T negate_of(T a) {
  return subtract_of(static_cast<T>(0), a);
}
// Rounds towards zero. The lowest integer divided by -1 wraps to itself.
template <class T>
MOTE_ALWAYS_INLINE T divide_of(T a, T b) {
  if (b == static_cast<T>(0)) { return static_cast<T>(0); }
  if (is_signed_integer<T>::value && b == static_cast<T>(-1)) { return negate_of(a); }
  return static_cast<T>(a / b);
}
// The sign of the result is that of a, as C has it.
template <class T>
MOTE_ALWAYS_INLINE T remainder_of(T a, T b) {
  if (b == static_cast<T>(0) || (is_signed_integer<T>::value && b == static_cast<T>(-1))) { return static_cast<T>(0); }
  return static_cast<T>(a % b);
}
// The sign of the result is that of b, as Python has it.
template <class T>
MOTE_ALWAYS_INLINE T modulo_of(T a, T b) {
  const T rest = remainder_of(a, b);
  const bool other_sign = (rest < static_cast<T>(1)) != (b < static_cast<T>(1));
  return rest != static_cast<T>(0) && other_sign ? add_of(rest, b) : rest;
}

MOTE_ALWAYS_INLINE float add_of(float a, float b) { return a + b; }
MOTE_ALWAYS_INLINE float subtract_of(float a, float b) { return a - b; }
MOTE_ALWAYS_INLINE float multiply_of(float a, float b) { return a * b; }
MOTE_ALWAYS_INLINE float divide_of(float a, float b) { return a / b; }
MOTE_ALWAYS_INLINE float negate_of(float a) { return -a; }
MOTE_ALWAYS_INLINE double add_of(double a, double b) { return a + b; }
MOTE_ALWAYS_INLINE double subtract_of(double a, double b) { return a - b; }
MOTE_ALWAYS_INLINE double multiply_of(double a, double b) { return a * b; }
MOTE_ALWAYS_INLINE double divide_of(double a, double b) { return a / b; }
MOTE_ALWAYS_INLINE double negate_of(double a) { return -a; }

// What a maximum starts from; the argument is there for its type alone.
template <class T>
MOTE_ALWAYS_INLINE T least_of(T) {
  typedef wrapping<T> Bits;
  const Bits sign = static_cast<Bits>(static_cast<Bits>(1) << (8 * sizeof(T) - 1));
  return is_signed_integer<T>::value ? static_cast<T>(sign) : static_cast<T>(0);
}
MOTE_ALWAYS_INLINE float least_of(float) { return float_of(0xff800000u); }
MOTE_ALWAYS_INLINE double least_of(double) { return static_cast<double>(float_of(0xff800000u)); }

template <class T>
MOTE_ALWAYS_INLINE bool is_nan(T) {
  return false;
}
MOTE_ALWAYS_INLINE bool is_nan(float x) { return x != x; }
MOTE_ALWAYS_INLINE bool is_nan(double x) { return x != x; }

}  // namespace MOTE_NAMESPACE

#endif
