// ONNX Pow, and Mod of floats, for broadcast.hpp.
#ifndef MOTE_KERNELS_POWERS_HPP
#define MOTE_KERNELS_POWERS_HPP
#include "arithmetic.hpp"
#include "broadcast.hpp"
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

// The exact remainder of a / b with the sign of a, as C's fmod: |b| is shifted up bit by bit under |a|.
inline float remainder_f32(float a, float b) {
  const float divisor = abs_f32(b);
  float rest = abs_f32(a);
  if (rest != rest || divisor != divisor || divisor == 0.0f || rest == infinity_f32()) { return nan_f32(); }
  if (divisor == infinity_f32() || rest < divisor) { return a; }
  float shifted = divisor;
  while (shifted <= rest * 0.5f) { shifted *= 2.0f; }
  while (rest >= divisor) {
    if (rest >= shifted) { rest -= shifted; }
    shifted *= 0.5f;
    if (shifted < divisor) { shifted = divisor; }
  }
  return copy_sign_f32(rest, a);
}

struct FloatRemainder {
  static float of(float a, float b) { return remainder_f32(a, b); }
};

}  // namespace MOTE_NAMESPACE

#endif
