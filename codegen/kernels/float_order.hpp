// Comparisons of float32 with constants as integers: no FPU, no library, and no more than a load and a comparison.
// Numbers without sign are in the order of their bits, those with one in the reverse order. A NaN without sign is above
// all numbers either way; one with a sign would be below, so rows with such a NaN are compared by a copy without.
#ifndef MOTE_KERNELS_FLOAT_ORDER_HPP
#define MOTE_KERNELS_FLOAT_ORDER_HPP
#include "kernel_base.hpp"

namespace MOTE_NAMESPACE {

// x <= bound for a bound of +0 or more, given by its bits. The number is read before its bits are: as a float, x is known
// to be aligned.
MOTE_ALWAYS_INLINE bool at_most_positive(const float* x, int32_t bound) {
  return static_cast<int32_t>(bits_of(*x)) <= bound;
}
// The same for a bound below 0.
MOTE_ALWAYS_INLINE bool at_most_negative(const float* x, uint32_t bound) {
  return bits_of(*x) >= bound;
}

MOTE_ALWAYS_INLINE bool is_negative_nan(const float* x) { return bits_of(*x) > 0xff800000u; }

// The row itself, or, if it holds a NaN with a sign, a copy of it where every NaN has none.
template <int32_t Count>
inline const float* comparable_row(const float* x, float* copy) {
  int32_t i = 0;
  bool found = false;
  for (; i + 4 <= Count; i += 4) {
    const float* const four = x + i;
    if (is_negative_nan(four) || is_negative_nan(four + 1) || is_negative_nan(four + 2) || is_negative_nan(four + 3)) {
      found = true;
      break;
    }
  }
  for (; i < Count && !found; ++i) { found = is_negative_nan(x + i); }
  if (!found) { return x; }
  for (i = 0; i < Count; ++i) {
    copy[i] = is_negative_nan(x + i) ? float_of(bits_of(x[i]) & 0x7fffffffu) : x[i];
  }
  return copy;
}

// The same with the copy in scratch memory; columns of integers are compared as they are.
template <int32_t Count>
MOTE_ALWAYS_INLINE const float* comparable_row(const float* x, uint8_t* scratch) {
  void* const copy = scratch;
  return comparable_row<Count>(x, static_cast<float*>(copy));
}
template <int32_t Count, class X>
MOTE_ALWAYS_INLINE const X* comparable_row(const X* x, uint8_t*) {
  return x;
}

}  // namespace MOTE_NAMESPACE

#endif
