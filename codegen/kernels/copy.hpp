// y = x, element by element: what Reshape, Squeeze and the like need where the planner cannot let y be x.
// Geometry: bytes (int32_t), the size of x and of y. x and y do not overlap.
#ifndef MOTE_KERNELS_COPY_HPP
#define MOTE_KERNELS_COPY_HPP
#include "kernel_base.hpp"

namespace MOTE_NAMESPACE {

template <class T>
inline void copy_elements(const T* from, T* to, int32_t count) {
  memcpy(to, from, static_cast<size_t>(count) * sizeof(T));
}

#if defined(__AVR__)
template <class T>
inline void copy_elements(FlashPointer<T> from, T* to, int32_t count) {
  for (int32_t i = 0; i < count; ++i) { to[i] = from[i]; }
}
#endif

template <class G, class X, class T>
inline void copy_bytes(G, X x, T* y) {
  copy_elements(x, y, G::bytes / static_cast<int32_t>(sizeof(T)));
}

}  // namespace MOTE_NAMESPACE

#endif
