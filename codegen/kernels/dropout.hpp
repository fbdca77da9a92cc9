// Dropout at inference with its mask: y = x, and every element of the mask is 1 (kept).
// Geometry: count. y may be x.
#ifndef MOTE_KERNELS_DROPOUT_HPP
#define MOTE_KERNELS_DROPOUT_HPP
#include "kernel_base.hpp"

namespace MOTE_NAMESPACE {

template <class G, class X, class T>
inline void dropout(G, X x, T* y, uint8_t* mask) {
  for (int32_t i = 0; i < G::count; ++i) { y[i] = x[i]; }
  memset(mask, 1, static_cast<size_t>(G::count));
}

}  // namespace MOTE_NAMESPACE

#endif
