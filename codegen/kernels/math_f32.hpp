// Elementary functions, float32, from float and integer arithmetic alone: no libm, so a target without an FPU and the
// host give the same bits. They are the definition of these functions for the whole of mote.
//
// Largest error, in units of the last place of the true value (over a comb of every 67th input and all of the critical ranges): exp 0.9, log 0.9, tanh 1.4,
// sigmoid 1.9, erf 1.5; sqrt, floor, ceil, round are exact or correctly rounded.
// NaN in gives the one NaN 0x7fc00000 where the result is computed, and x itself where the result is a rounding of x.
// Subnormal inputs and results are treated in full.
// The polynomials are minimax fits of the function named beside them (Remez exchange, coefficients rounded to float);
// the reductions are the usual ones (Cody and Waite 1980; Tang 1989, 1990).
#ifndef MOTE_KERNELS_MATH_F32_HPP
#define MOTE_KERNELS_MATH_F32_HPP

#include "kernel_base.hpp"

namespace MOTE_NAMESPACE {

MOTE_ALWAYS_INLINE float nan_f32() { return float_of(0x7fc00000u); }
MOTE_ALWAYS_INLINE float infinity_f32() { return float_of(0x7f800000u); }
MOTE_ALWAYS_INLINE float abs_f32(float x) { return float_of(bits_of(x) & 0x7fffffffu); }

// The magnitude of the first with the sign of the second.
MOTE_ALWAYS_INLINE float copy_sign_f32(float magnitude, float sign) {
  return float_of((bits_of(magnitude) & 0x7fffffffu) | (bits_of(sign) & 0x80000000u));
}

// To the nearest integer, halves to even: adding 2^23 leaves no bits for a fraction. -0.3 gives -0.
inline float round_half_even_f32(float x) {
  const float magnitude = abs_f32(x);
  if (!(magnitude < 8388608.0f)) { return x; }
  return copy_sign_f32((magnitude + 8388608.0f) - 8388608.0f, x);
}

inline float floor_f32(float x) {
  const float rounded = round_half_even_f32(x);
  return copy_sign_f32(rounded > x ? rounded - 1.0f : rounded, x);
}

inline float ceil_f32(float x) {
  const float rounded = round_half_even_f32(x);
  return copy_sign_f32(rounded < x ? rounded + 1.0f : rounded, x);
}

// The square root digit by digit: `remainder` is 2^j times what is left of the radicand after j digits of the root.
inline float sqrt_by_digits_f32(float x) {
  uint32_t mantissa = bits_of(x) & 0x7fffffu;
  int32_t exponent = static_cast<int32_t>(bits_of(x) >> 23) - 127;
  if (exponent == -127) {
    for (exponent = -126; mantissa < 0x800000u; --exponent) { mantissa <<= 1; }
  } else {
    mantissa |= 0x800000u;
  }
  // An even exponent halves exactly; exponent + 256 keeps the division away from negative numbers.
  const bool odd = (exponent & 1) != 0;
  uint32_t remainder = odd ? mantissa << 1 : mantissa;
  const int32_t half = (exponent + 256) / 2 - 128;
  uint32_t root = 0;
  for (uint32_t digit = 0x1000000u; digit != 0; digit >>= 1) {
    // Invariant: remainder < 2 * (2 * root + digit), so nothing is shifted out.
    remainder <<= 1;
    const uint32_t trial = 2 * root + digit;
    if (trial <= remainder) {
      remainder -= trial;
      root += digit;
    }
  }
  // 25 digits: the last one rounds. A root of 24 digits is never followed by exactly one half, so no tie exists.
  root += root & 1u;
  return float_of((static_cast<uint32_t>(half + 126) << 23) + (root >> 1));
}

// Correctly rounded: the machine's instruction where there is one (spelled as such: the compilers' builtin would call
// sqrtf of libm for negative numbers), digit by digit elsewhere. Negative numbers give NaN, -0 gives -0.
inline float sqrt_f32(float x) {
  if (!(x > 0.0f)) { return x == 0.0f ? x : nan_f32(); }
#if defined(__GNUC__) && defined(__AVX__)
  __asm__("vsqrtss %1, %1, %0" : "=x"(x) : "x"(x));
  return x;
#elif defined(__GNUC__) && defined(__SSE2__)
  __asm__("sqrtss %1, %0" : "=x"(x) : "x"(x));
  return x;
#elif defined(__GNUC__) && defined(__aarch64__)
  __asm__("fsqrt %s0, %s1" : "=w"(x) : "w"(x));
  return x;
#elif defined(__GNUC__) && defined(__arm__) && defined(__ARM_FP) && !defined(__SOFTFP__)
  __asm__("vsqrt.f32 %0, %1" : "=t"(x) : "t"(x));
  return x;
#elif defined(__GNUC__) && defined(__riscv_flen)
  __asm__("fsqrt.s %0, %1" : "=f"(x) : "f"(x));
  return x;
#else
  return x == infinity_f32() ? x : sqrt_by_digits_f32(x);
#endif
}

// 2^n for -126 <= n <= 127; any other n gives some float.
MOTE_ALWAYS_INLINE float power_of_two_f32(uint32_t n) { return float_of((n + 127u) << 23); }

// exp(x) = 2^n * exp(r), |r| <= ln(2)/2, with ln(2) in two parts so that r keeps its last bits.
inline float exp_f32(float x) {
  // Beyond these bounds the result is infinity or 0 as well.
  const float limited = clamp(x, -104.0f, 89.0f);
  // Adding 1.5 * 2^23 rounds to an integer and leaves it in the low bits of the sum.
  const float shifted = limited * 1.44269504f + 12582912.0f;
  const uint32_t n = bits_of(shifted) - 0x4b400000u;
  const float whole = shifted - 12582912.0f;
  const float coarse = limited - whole * 0.693145752f;
  const float fine = whole * 1.42860677e-6f;
  const float r = coarse - fine;
  const float lost = (coarse - r) - fine;
  // (exp(r) - 1 - r) / r^2
  const float p = 0.49999994f + r * (0.166665152f + r * (0.041668456f + r * (0.00836941134f + r * 0.0013813182f)));
  const float value = 1.0f + (r + (r * r * p + lost));
  // In two steps: 2^n alone may be out of range. The first is exact, so the second is the only rounding.
  const uint32_t half = ((n + 512u) >> 1) - 256u;
  const float result = value * power_of_two_f32(half) * power_of_two_f32(n - half);
  return x == x ? result : nan_f32();
}

// log(2^k * (1 + f)) = k*ln(2) + log(1 + f), sqrt(1/2) <= 1 + f < sqrt(2). With s = f / (2 + f),
// log(1 + f) = 2*atanh(s) = f - f^2/2 + s * (f^2/2 + R(s^2)): the large terms are exact or nearly so.
inline float log_f32(float x) {
  if (!(x > 0.0f)) { return x == 0.0f ? -infinity_f32() : nan_f32(); }
  if (x == infinity_f32()) { return x; }
  const bool subnormal = x < 1.17549435e-38f;
  const uint32_t bits = bits_of(subnormal ? x * 33554432.0f : x);
  // Offset by the distance of sqrt(1/2) from 1: the carry into the exponent is the choice of k.
  const uint32_t offset = bits + (0x3f800000u - 0x3f3504f3u);
  const float k = static_cast<float>(static_cast<int32_t>(offset >> 23) - (subnormal ? 152 : 127));
  const float f = float_of((offset & 0x7fffffu) + 0x3f3504f3u) - 1.0f;
  const float s = f / (2.0f + f);
  const float z = s * s;
  // 2 * (atanh(s) / s - 1)
  const float r = z * (0.666666627f + z * (0.400003552f + z * (0.285358906f + z * 0.236105233f)));
  const float half_square = 0.5f * f * f;
  return s * (half_square + r) + k * 1.42860677e-6f - half_square + f + k * 0.693145752f;
}

// Odd; near 0 a polynomial, since 1 - 2/(exp(2x) + 1) would cancel there.
inline float tanh_f32(float x) {
  const float a = abs_f32(x);
  if (a < 0.625f) {
    const float z = x * x;
    // (tanh(x) / x - 1) / x^2
    const float p =
        -0.333333284f +
        z * (0.133331522f + z * (-0.0539399423f + z * (0.0216634031f + z * (-0.00808562618f + z * 0.00205958053f))));
    return copy_sign_f32(a + a * (z * p), x);
  }
  if (x != x) { return nan_f32(); }
  return copy_sign_f32(1.0f - 2.0f / (exp_f32(2.0f * a) + 1.0f), x);
}

// 1 / (1 + exp(-x)), with the exponential never above 1: no overflow, and small results keep their relative precision.
// e / (1 + e) is written e - e * (e / (1 + e)): the errors of the sum and the quotient then enter scaled by e.
inline float sigmoid_f32(float x) {
  const float e = exp_f32(-abs_f32(x));
  const float quotient = (x < 0.0f ? e : 1.0f) / (1.0f + e);
  return x < 0.0f ? e - e * quotient : quotient;
}

// The error function. Odd; near 0 a polynomial, further out 1 - exp(log(erfc)), whose exponent is nearly a parabola.
inline float erf_f32(float x) {
  const float a = abs_f32(x);
  if (a < 0.9375f) {
    const float z = x * x;
    // erf(x) / x - 1
    const float p = 0.128379166f +
                    z * (-0.376126319f +
                         z * (0.112836637f + z * (-0.0268577058f +
                                                  z * (0.00519695226f + z * (-0.00080977031f + z * 8.18509143e-05f)))));
    return x + x * p;
  }
  if (x != x) { return nan_f32(); }
  if (a >= 4.0f) { return copy_sign_f32(1.0f, x); }
  // -log(1 - erf(a))
  const float q =
      -0.000169203864f +
      a * (1.12948835f +
           a * (0.633400857f +
                a * (0.108220369f +
                     a * (-0.0250806045f + a * (0.00415625051f + a * (-0.000431392546f + a * 2.08285237e-05f))))));
  return copy_sign_f32(1.0f - exp_f32(-q), x);
}

}  // namespace MOTE_NAMESPACE

#endif  // MOTE_KERNELS_MATH_F32_HPP
