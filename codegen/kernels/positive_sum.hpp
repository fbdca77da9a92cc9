// Sums of float32 numbers that are not negative, for cores without floating point: the same bits, in a fraction of the
// time of a general addition. Numbers are given as their bits, which for such numbers are in the order of the numbers.
#ifndef MOTE_KERNELS_POSITIVE_SUM_HPP
#define MOTE_KERNELS_POSITIVE_SUM_HPP
#include "kernel_base.hpp"

namespace MOTE_NAMESPACE {

// a + b, rounded to nearest even. Each is +0 or at least 2^-126, and the sum is below 2^127.
inline uint32_t positive_sum(uint32_t a, uint32_t b) {
  if (a < b) {
    const uint32_t smaller = a;
    a = b;
    b = smaller;
  }
  const uint32_t distance = (a >> 23) - (b >> 23);
  if (b == 0u || distance > 24u) { return a; }  // less than half of a's last place
  // Mantissas with six bits behind the last place: what is shifted out of them only says on which side of a half it is.
  const uint32_t small = ((b & 0x7fffffu) | 0x800000u) << 6;
  uint32_t shifted = small >> distance;
  if (shifted << distance != small) { shifted |= 1u; }
  uint32_t sum = (((a & 0x7fffffu) | 0x800000u) << 6) + shifted;
  uint32_t exponent = a & 0x7f800000u;
  if (sum >= 0x40000000u) {
    sum = (sum >> 1) | (sum & 1u);
    exponent += 0x800000u;
  }
  // The leading one adds to the exponent, hence the difference; so does a carry out of the mantissa.
  uint32_t bits = exponent - 0x800000u + (sum >> 6);
  const uint32_t rest = sum & 0x3fu;
  if (rest > 0x20u || (rest == 0x20u && (bits & 1u) != 0u)) { ++bits; }
  return bits;
}

}  // namespace MOTE_NAMESPACE

#endif
