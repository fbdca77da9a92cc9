// The general power, float32: 2^(y * log2(x)) with the logarithm in two floats, since y multiplies its error too.
//
// Largest error about 1 unit in the last place; special values as C's pow: pow(x, 0) = pow(1, y) = 1 even for NaN, a
// negative x needs an integer y, infinities and signed zeros follow the limits. Float and integer arithmetic alone.
#ifndef MOTE_KERNELS_POW_F32_HPP
#define MOTE_KERNELS_POW_F32_HPP

#include "math_f32.hpp"

namespace MOTE_NAMESPACE {

// The unevaluated sum high + low, |low| at most half a unit in the last place of high (Dekker 1971).
struct PairF32 {
  float high;
  float low;
};

// Exact where |a| >= |b| or a == 0.
inline PairF32 add_exactly_f32(float a, float b) {
  const float sum = a + b;
  return PairF32{sum, b - (sum - a)};
}

// Exact: each factor is split into two halves of 12 bits, whose products fit a float.
inline PairF32 multiply_exactly_f32(float a, float b) {
  const float scaled_a = a * 4097.0f;
  const float scaled_b = b * 4097.0f;
  const float a_high = scaled_a - (scaled_a - a);
  const float b_high = scaled_b - (scaled_b - b);
  const float a_low = a - a_high;
  const float b_low = b - b_high;
  const float product = a * b;
  return PairF32{product, ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low};
}

inline PairF32 multiply_pairs_f32(PairF32 a, PairF32 b) {
  const PairF32 product = multiply_exactly_f32(a.high, b.high);
  return add_exactly_f32(product.high, product.low + (a.high * b.low + a.low * b.high));
}

// log2(2^k * (1 + f)) = k + 2/ln(2) * atanh(s), s = f / (2 + f), for finite x > 0. Relative error below 2^-38.
inline PairF32 log2_pair_f32(float x) {
  const bool subnormal = x < 1.17549435e-38f;
  const uint32_t offset = bits_of(subnormal ? x * 33554432.0f : x) + (0x3f800000u - 0x3f3504f3u);
  const float k = static_cast<float>(static_cast<int32_t>(offset >> 23) - (subnormal ? 152 : 127));
  const float f = float_of((offset & 0x7fffffu) + 0x3f3504f3u) - 1.0f;

  const PairF32 divisor = add_exactly_f32(2.0f, f);
  const float quotient = f / divisor.high;
  const PairF32 back = multiply_exactly_f32(quotient, divisor.high);
  const float remainder = ((f - back.high) - back.low) - quotient * divisor.low;
  const PairF32 s = add_exactly_f32(quotient, remainder / divisor.high);

  // atanh(s) / s = 1 + z/3 + z^2 * tail(z), z = s^2: only the first two terms need more than a float.
  const PairF32 z = multiply_pairs_f32(s, s);
  const float tail = 0.200000003f + z.high * (0.142857105f + z.high * (0.111115761f + z.high * 0.0906475559f));
  const PairF32 third = multiply_pairs_f32(z, PairF32{0.333333343f, -9.93410776e-09f});
  const PairF32 series = add_exactly_f32(1.0f, third.high);
  const PairF32 factor = add_exactly_f32(series.high, series.low + (third.low + z.high * z.high * tail));
  const PairF32 fraction = multiply_pairs_f32(multiply_pairs_f32(s, factor), PairF32{2.88539004f, 3.85192607e-08f});
  const PairF32 sum = add_exactly_f32(k, fraction.high);
  return add_exactly_f32(sum.high, sum.low + fraction.low);
}

// 2^(high + low).
inline float exp2_pair_f32(PairF32 exponent) {
  if (exponent.high > 130.0f) { return infinity_f32(); }
  if (exponent.high < -152.0f) { return 0.0f; }
  const float shifted = exponent.high + 12582912.0f;
  const uint32_t n = bits_of(shifted) - 0x4b400000u;
  const float r = (exponent.high - (shifted - 12582912.0f)) + exponent.low;
  // (2^r - 1) / r
  const float p = 0.693147182f +
                  r * (0.240226507f +
                       r * (0.0555041023f +
                            r * (0.00961803459f + r * (0.00133339502f + r * (0.000154680034f + r * 1.51950408e-05f)))));
  const uint32_t half = ((n + 512u) >> 1) - 256u;
  return (1.0f + r * p) * power_of_two_f32(half) * power_of_two_f32(n - half);
}

// |x|^y for finite x > 0 and finite y. Beyond 2^32, y gives infinity, 0 or 1 whatever its value.
inline float power_of_magnitude_f32(float x, float y) {
  const float limited = clamp(y, -4294967296.0f, 4294967296.0f);
  const PairF32 logarithm = log2_pair_f32(x);
  const PairF32 product = multiply_exactly_f32(limited, logarithm.high);
  return exp2_pair_f32(add_exactly_f32(product.high, product.low + limited * logarithm.low));
}

inline float pow_f32(float x, float y) {
  if (y == 0.0f || x == 1.0f) { return 1.0f; }
  if (x != x || y != y) { return nan_f32(); }
  const float magnitude = abs_f32(x);
  const bool finite = magnitude < infinity_f32();
  const bool finite_power = abs_f32(y) < infinity_f32();
  const bool integer = round_half_even_f32(y) == y;
  const bool odd = integer && finite_power && round_half_even_f32(0.5f * y) != 0.5f * y;
  if (x < 0.0f && finite && finite_power && !integer) { return nan_f32(); }
  float result = 1.0f;
  if (!finite_power) {
    if (magnitude != 1.0f) { result = (magnitude > 1.0f) == (y > 0.0f) ? infinity_f32() : 0.0f; }
  } else if (magnitude == 0.0f || !finite) {
    result = (magnitude == 0.0f) == (y < 0.0f) ? infinity_f32() : 0.0f;
  } else {
    result = power_of_magnitude_f32(magnitude, y);
  }
  return odd ? copy_sign_f32(result, x) : result;
}

}  // namespace MOTE_NAMESPACE

#endif  // MOTE_KERNELS_POW_F32_HPP
