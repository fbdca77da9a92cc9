// The float32 nearest to a quotient of integers, without floating point.
#ifndef MOTE_KERNELS_POSITIVE_QUOTIENT_HPP
#define MOTE_KERNELS_POSITIVE_QUOTIENT_HPP
#include "kernel_base.hpp"

namespace MOTE_NAMESPACE {

// The bits of n / d, rounded to nearest even. 0 < n <= d < 2^29.
inline uint32_t positive_quotient(uint32_t n, uint32_t d) {
  const uint32_t one_power = uint32_t{1} << 23;  // not 1u << 23: int has 16 bits on AVR
  uint32_t exponent = 127 * one_power;
  while (n < d) {
    n <<= 1;
    exponent -= one_power;
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
  uint32_t bits = exponent - one_power + mantissa;
  if (n > d || (n == d && (mantissa & 1u) != 0u)) { ++bits; }
  return bits;
}

}  // namespace MOTE_NAMESPACE

#endif
