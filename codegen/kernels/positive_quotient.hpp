// The float32 nearest to a quotient of integers, without floating point.
#ifndef MOTE_KERNELS_POSITIVE_QUOTIENT_HPP
#define MOTE_KERNELS_POSITIVE_QUOTIENT_HPP
#include "kernel_base.hpp"

namespace MOTE_NAMESPACE {

// The bits of n / d, rounded to nearest even. 0 < n <= d < 2^29.
inline uint32_t positive_quotient(uint32_t n, uint32_t d) {
  uint32_t exponent = 127u << 23;
  while (n < d) {
    n <<= 1;
    exponent -= 1u << 23;
  }
  uint32_t mantissa = 0;
  for (uint8_t bit = 0; bit < 24; ++bit) {
    mantissa <<= 1;
    if (n >= d) {
      n -= d;
      mantissa |= 1u;
    }
    n <<= 1;
  }
  // What is left is n / d halves of the last place; the leading one of the mantissa adds to the exponent.
  uint32_t bits = exponent - (1u << 23) + mantissa;
  if (n > d || (n == d && (mantissa & 1u) != 0u)) { ++bits; }
  return bits;
}

}  // namespace MOTE_NAMESPACE

#endif
