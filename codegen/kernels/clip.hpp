// y[i] = x[i] limited to [lowest, highest]; either bound may be absent. NaN passes through.
// Geometry: count, clamp_low, clamp_high, lowest, highest. Elementwise: y may be x.
#ifndef MOTE_KERNELS_CLIP_HPP
#define MOTE_KERNELS_CLIP_HPP
#include "kernel_base.hpp"

namespace MOTE_NAMESPACE {

template <class T, class G>
inline void clip(G, const T* x, T* y) {
  const T lowest = static_cast<T>(G::lowest);
  const T highest = static_cast<T>(G::highest);
  for (int32_t i = 0; i < G::count; ++i) {
    T value = x[i];
    if (G::clamp_low && value < lowest) { value = lowest; }
    if (G::clamp_high && value > highest) { value = highest; }
    y[i] = value;
  }
}

}  // namespace MOTE_NAMESPACE

#endif
