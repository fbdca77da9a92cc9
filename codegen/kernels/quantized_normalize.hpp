// Normalization of rows of quantized elements to mean 0 and variance 1 in integers, with a factor and a shift each.
//
//   x, y of int8_t or int16_t, rows and their geometry: normalize_loops.hpp, and center (bool), zero_point, epsilon_high,
//   epsilon_low (the halves of a 64-bit integer, in units of (scale of x / count)^2), lowest, highest (int32_t).
//   multiplier, offset: parameters int32_t, constants, the factor in units of 2^-16 of an output level and the shift, one
//   half included, in units of 2^-8.
// Value, of v = x - zero_point (0 with `center`) and n = count:
//   d = n v - sum of v, or n v without `center`;   Q = n * (sum of v^2) - (sum of v)^2 + epsilon, likewise; at least 1
//   Q 4^k in [2^62, 2^64);   s = floor(sqrt(Q 4^k));   r = min(floor(2^62 / s), 2^31 - 1)
//   z = floor(d r / 2^(46 - k)), the normalized element in units of 2^-16
//   y = clamp(floor((z * multiplier + offset * 2^24) / 2^32), lowest, highest)
// s is short of the root by a part of 2^-31 at most, and r by 2^-30: z is d / sqrt(Q) to 2^-29 of it and 2^-16.
// The compiler has proven that sums and d fit 32 bits (the squares of int16_t 64), z 32 and Q 64.
// A row is written after it was read: y may be x, and where rows follow each other may lie anywhere at or below it.
#ifndef MOTE_KERNELS_QUANTIZED_NORMALIZE_HPP
#define MOTE_KERNELS_QUANTIZED_NORMALIZE_HPP
#include "fixed_point.hpp"
#include "normalize_loops.hpp"

namespace MOTE_NAMESPACE {

template <class X>
struct NormalizeSquares;
template <>
struct NormalizeSquares<int8_t> {
  typedef uint32_t Type;
};
template <>
struct NormalizeSquares<int16_t> {
  typedef uint64_t Type;
};

// floor(sqrt(square)), digit by digit from the highest.
MOTE_ALWAYS_INLINE uint32_t integer_root(uint64_t square) {
  uint64_t root = 0;
  uint64_t rest = square;
  for (uint64_t digit = static_cast<uint64_t>(1) << 62; digit != 0; digit >>= 2) {
    if (rest >= root + digit) {
      rest -= root + digit;
      root = (root >> 1) + digit;
    } else {
      root >>= 1;
    }
  }
  return static_cast<uint32_t>(root);
}

// 1 / sqrt(square) = mantissa * 2^(exponent - 62).
struct ReciprocalRoot {
  int32_t mantissa;
  int32_t exponent;
};
inline ReciprocalRoot reciprocal_root(uint64_t square) {
  const uint64_t least = static_cast<uint64_t>(1) << 62;
  uint64_t scaled = square == 0 ? 1 : square;
  int32_t exponent = 0;
  while (scaled < least) {
    scaled <<= 2;
    ++exponent;
  }
  const uint64_t mantissa = least / integer_root(scaled);
  return ReciprocalRoot{static_cast<int32_t>(mantissa < 0x7FFFFFFF ? mantissa : 0x7FFFFFFF), exponent};
}

template <class G, class X, class Multiplier, class Offset, class Y>
inline void quantized_normalize(G, const X* x, Multiplier multiplier, Offset offset, Y* y) {
  typedef typename NormalizeSquares<X>::Type Squares;
  const uint64_t epsilon =
      (static_cast<uint64_t>(static_cast<uint32_t>(G::epsilon_high)) << 32) | static_cast<uint32_t>(G::epsilon_low);
  normalize_rows<G>([&](int32_t first, int32_t parameters) {
    int32_t sum = 0;
    Squares squares = 0;
    normalize_row<G>([&](int32_t at, int32_t) {
      const int32_t value = x[first + at] - G::zero_point;
      sum += value;
      squares += static_cast<Squares>(static_cast<int64_t>(value) * value);
    });
    const int32_t shift = G::center ? sum : 0;
    const uint64_t square = static_cast<uint64_t>(squares) * static_cast<uint64_t>(G::count) -
                            static_cast<uint64_t>(static_cast<int64_t>(shift) * shift) + epsilon;
    const ReciprocalRoot factor = reciprocal_root(square);
    normalize_row<G>([&](int32_t at, int32_t parameter) {
      const int32_t distance = G::count * (x[first + at] - G::zero_point) - shift;
      const int64_t product = static_cast<int64_t>(distance) * factor.mantissa;
      const int32_t normalized = static_cast<int32_t>(shift_right(product, 46 - factor.exponent));
      const int64_t moved = static_cast<int64_t>(offset[parameters + parameter]) * (static_cast<int64_t>(1) << 24);
      const int64_t level = static_cast<int64_t>(normalized) * multiplier[parameters + parameter] + moved;
      y[first + at] = clamp_to<Y>(static_cast<int32_t>(shift_right(level, 32)), G::lowest, G::highest);
    });
  });
}

}  // namespace MOTE_NAMESPACE

#endif  // MOTE_KERNELS_QUANTIZED_NORMALIZE_HPP
