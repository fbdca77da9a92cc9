// Exponential, logarithm and square root, float64, from double and integer arithmetic alone: the definitions behind the
// few operators that have kernels in double precision. The twins of math_f32.hpp, whose reductions they share; the
// polynomials are the Taylor series, cut where the next term is below 2^-57 of the sum.
//
// Largest error, in units of the last place of the true value: exp 1, log 1; sqrt is correctly rounded.
// NaN in gives the one NaN 0x7ff8000000000000. Subnormal inputs and results are treated in full.
#ifndef MOTE_KERNELS_MATH_F64_HPP
#define MOTE_KERNELS_MATH_F64_HPP

#include "kernel_base.hpp"

namespace MOTE_NAMESPACE {

static_assert(sizeof(double) == 8, "double precision needs a compiler whose double has 64 bits (avr-gcc: -mdouble=64)");

MOTE_ALWAYS_INLINE uint64_t bits_of_f64(double value) {
  uint64_t bits = 0;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}

MOTE_ALWAYS_INLINE double f64_of(uint64_t bits) {
  double value = 0.0;
  memcpy(&value, &bits, sizeof value);
  return value;
}

MOTE_ALWAYS_INLINE double nan_f64() { return f64_of(0x7ff8000000000000u); }
MOTE_ALWAYS_INLINE double infinity_f64() { return f64_of(0x7ff0000000000000u); }

// 2^n for -1022 <= n <= 1023.
MOTE_ALWAYS_INLINE double power_of_two_f64(int32_t n) { return f64_of(static_cast<uint64_t>(n + 1023) << 52); }

// exp(x) = 2^n * exp(r), |r| <= ln(2)/2, with ln(2) in two parts so that r keeps its last bits.
inline double exp_f64(double x) {
  if (x != x) { return nan_f64(); }
  // Beyond these bounds the result is infinity or 0 as well.
  const double limited = clamp(x, -746.0, 710.0);
  const double scaled = limited * 1.4426950408889634;
  const int32_t n = static_cast<int32_t>(scaled < 0.0 ? scaled - 0.5 : scaled + 0.5);
  const double whole = static_cast<double>(n);
  const double coarse = limited - whole * 0.69314718036912382;
  const double fine = whole * 1.9082149292705877e-10;
  const double r = coarse - fine;
  const double lost = (coarse - r) - fine;
  // (exp(r) - 1 - r) / r^2, coefficients 1/2!, 1/3!, ...
  const double p = 0.5 + r * (0.16666666666666666 + r * (0.041666666666666664 + r * (
                   0.008333333333333333 + r * (0.001388888888888889 + r * (0.0001984126984126984 + r * (
                   2.48015873015873e-05 + r * (2.7557319223985893e-06 + r * (2.755731922398589e-07 + r * (
                   2.505210838544172e-08 + r * (2.08767569878681e-09 + r * 1.6059043836821613e-10))))))))));
  const double value = 1.0 + (r + (r * r * p + lost));
  // In two steps: 2^n alone may be out of range. The first is exact, so the second is the only rounding.
  const int32_t half = n / 2;
  return value * power_of_two_f64(half) * power_of_two_f64(n - half);
}

// log(2^k * (1 + f)) = k*ln(2) + log(1 + f), sqrt(1/2) <= 1 + f < sqrt(2). With s = f / (2 + f),
// log(1 + f) = 2*atanh(s) = f - f^2/2 + s * (f^2/2 + R(s^2)): the large terms are exact or nearly so.
inline double log_f64(double x) {
  if (!(x > 0.0)) { return x == 0.0 ? -infinity_f64() : nan_f64(); }
  if (x == infinity_f64()) { return x; }
  const bool subnormal = x < 2.2250738585072014e-308;
  const uint64_t bits = bits_of_f64(subnormal ? x * 18014398509481984.0 : x);
  // Offset by the distance of sqrt(1/2) from 1: the carry into the exponent is the choice of k.
  const uint64_t offset = bits + (0x3ff0000000000000u - 0x3fe6a09e667f3bcdu);
  const double k = static_cast<double>(static_cast<int32_t>(offset >> 52) - (subnormal ? 1077 : 1023));
  const double f = f64_of((offset & 0xfffffffffffffu) + 0x3fe6a09e667f3bcdu) - 1.0;
  const double s = f / (2.0 + f);
  const double z = s * s;
  // 2 * (atanh(s) / s - 1), coefficients 2/3, 2/5, 2/7, ...
  const double r = z * (0.6666666666666666 + z * (0.4 + z * (0.2857142857142857 + z * (
                   0.2222222222222222 + z * (0.18181818181818182 + z * (0.15384615384615385 + z * (
                   0.13333333333333333 + z * (0.11764705882352941 + z * (0.10526315789473684 + z * (
                   0.09523809523809523 + z * 0.08695652173913043))))))))));
  const double half_square = 0.5 * f * f;
  return s * (half_square + r) + k * 1.9082149292705877e-10 - half_square + f + k * 0.69314718036912382;
}

// Digit by digit, as in math_f32.hpp: `remainder` is 2^j times what is left of the radicand after j digits of the root.
inline double sqrt_f64(double x) {
  if (!(x > 0.0)) { return x == 0.0 ? x : nan_f64(); }
  if (x == infinity_f64()) { return x; }
  uint64_t mantissa = bits_of_f64(x) & 0xfffffffffffffu;
  int32_t exponent = static_cast<int32_t>(bits_of_f64(x) >> 52) - 1023;
  if (exponent == -1023) {
    for (exponent = -1022; mantissa < 0x10000000000000u; --exponent) { mantissa <<= 1; }
  } else {
    mantissa |= 0x10000000000000u;
  }
  // An even exponent halves exactly; exponent + 2048 keeps the division away from negative numbers.
  uint64_t remainder = (exponent & 1) != 0 ? mantissa << 1 : mantissa;
  const int32_t half = (exponent + 2048) / 2 - 1024;
  uint64_t root = 0;
  for (uint64_t digit = 0x20000000000000u; digit != 0; digit >>= 1) {
    remainder <<= 1;
    const uint64_t trial = 2 * root + digit;
    if (trial <= remainder) {
      remainder -= trial;
      root += digit;
    }
  }
  // 54 digits: the last one rounds. A root of 53 digits is never followed by exactly one half, so no tie exists.
  root += root & 1u;
  return f64_of((static_cast<uint64_t>(half + 1022) << 52) + (root >> 1));
}

}  // namespace MOTE_NAMESPACE

#endif  // MOTE_KERNELS_MATH_F64_HPP
