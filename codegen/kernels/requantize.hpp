// y[i] = (x[i] * multiplier + offset) >> shift, limited to [lowest, highest]: integers in another scale, zero point and
// element type.
//
//   x any integer of up to 32 bits, y likewise.
// Geometry: count, multiplier, offset_high, offset_low (the two halves of a 64-bit offset), shift (0..62), lowest,
//   highest (int32_t).
// Value: exact in 64 bits, which the compiler has proven to suffice; the shift rounds downwards.
// Elementwise: y may be x where both have one element type, or where the elements of y are single bytes.
#ifndef MOTE_KERNELS_REQUANTIZE_HPP
#define MOTE_KERNELS_REQUANTIZE_HPP
#include "fixed_point.hpp"

namespace MOTE_NAMESPACE {

template <class G, class X, class Y>
inline void requantize(G, X x, Y* y) {
  const int64_t high = G::offset_high;
  const int64_t offset = high * 4294967296 + static_cast<int64_t>(static_cast<uint32_t>(G::offset_low));
  for (int32_t i = 0; i < G::count; ++i) {
    const int64_t product = static_cast<int64_t>(x[i]) * G::multiplier;
    const int64_t value = shift_right(product + offset, G::shift);
    y[i] = static_cast<Y>(clamp<int64_t>(value, G::lowest, G::highest));
  }
}

}  // namespace MOTE_NAMESPACE

#endif  // MOTE_KERNELS_REQUANTIZE_HPP
