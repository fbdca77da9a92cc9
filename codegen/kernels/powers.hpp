// ONNX Pow, and Mod of floats, for broadcast.hpp.
#ifndef MOTE_KERNELS_POWERS_HPP
#define MOTE_KERNELS_POWERS_HPP
#include "arithmetic.hpp"
#include "broadcast.hpp"
#include "cast.hpp"
#include "pow_f32.hpp"
#include "unary.hpp"

namespace MOTE_NAMESPACE {

// Squares, by far the most common power, are one multiplication and so correctly rounded.
inline float power_of(float x, float exponent) { return exponent == 2.0f ? x * x : pow_f32(x, exponent); }

// By squaring, wrapping. A negative exponent leaves 1 of 1 and the sign of -1; all else is cut to 0.
template <class T>
inline T integer_power(T x, int64_t exponent) {
  if (exponent < 0) {
    const bool odd = (exponent & 1) != 0;
    if (x == static_cast<T>(1)) { return x; }
    if (!is_signed_integer<T>::value || x != static_cast<T>(-1)) { return static_cast<T>(0); }
    return odd ? x : static_cast<T>(1);
  }
  T result = static_cast<T>(1);
  T square = x;
  for (uint64_t bits = static_cast<uint64_t>(exponent); bits != 0; bits >>= 1) {
    if ((bits & 1) != 0) { result = multiply_of(result, square); }
    square = multiply_of(square, square);
  }
  return result;
}

// For unary.hpp: the constant exponent 2.
struct Square {
  template <class T>
  static T of(T x) {
    return multiply_of(x, x);
  }
};

struct Pow {
  template <class E>
  static float of(float x, E exponent) {
    return power_of(x, static_cast<float>(exponent));
  }
};

struct IntegerPow {
  template <class T, class E>
  static T of(T x, E exponent) {
    return integer_power(x, static_cast<int64_t>(exponent));
  }
};

// A whole exponent counts as an integer; another gives the float power of the base, cut like a cast: towards zero, NaN
// to 0, out of range to the nearest end.
template <class T, class E>
inline T real_power_of_integer(T x, E exponent) {
  const E largest = static_cast<E>(4611686018427387904.0f);
  if (exponent > -largest && exponent < largest) {
    const int64_t whole = static_cast<int64_t>(exponent);
    if (static_cast<E>(whole) == exponent) { return integer_power(x, whole); }
  }
  return CastTo<T>::of(pow_f32(static_cast<float>(x), static_cast<float>(exponent)));
}

struct RealPowOfInteger {
  template <class T, class E>
  static T of(T x, E exponent) {
    return real_power_of_integer(x, exponent);
  }
};

// The exact remainder of a / b with the sign of a, as C's fmod: |b| is shifted up bit by bit under |a|.
template <class T>
inline T float_remainder(T a, T b) {
  const T zero = static_cast<T>(0);
  const T half = static_cast<T>(0.5f);
  const T divisor = b < zero ? -b : b;
  T rest = a < zero ? -a : a;
  // Only infinities and NaN differ from themselves.
  if (rest - rest != zero || divisor != divisor || divisor == zero) { return static_cast<T>(nan_f32()); }
  if (divisor - divisor != zero || rest < divisor) { return a; }
  T shifted = divisor;
  while (shifted <= rest * half) { shifted = shifted + shifted; }
  while (rest >= divisor) {
    if (rest >= shifted) { rest -= shifted; }
    shifted *= half;
    if (shifted < divisor) { shifted = divisor; }
  }
  return a < zero ? -rest : rest;
}

struct FloatRemainder {
  template <class T>
  static T of(T a, T b) {
    return float_remainder(a, b);
  }
};

}  // namespace MOTE_NAMESPACE

#endif
