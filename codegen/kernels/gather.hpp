// Slices of x picked along one axis by a tensor of indices: x is [outer][extent][inner], y is [outer][count][inner].
// A negative index counts from the back; one that is out of range is taken as the nearest valid one.
// Geometry: outer, extent, inner, count. y overlaps neither x nor the indices.
#ifndef MOTE_KERNELS_GATHER_HPP
#define MOTE_KERNELS_GATHER_HPP
#include "copy.hpp"

namespace MOTE_NAMESPACE {

template <class Index>
MOTE_ALWAYS_INLINE int32_t valid_index(Index index, int32_t extent) {
  const Index limit = static_cast<Index>(extent);
  const Index from_front = index < 0 ? (index < -limit ? static_cast<Index>(0) : index + limit) : index;
  return static_cast<int32_t>(from_front < limit ? from_front : limit - 1);
}

template <class G, class X, class I, class T>
inline void gather(G, X x, I indices, T* y) {
  for (int32_t outer = 0; outer < G::outer; ++outer) {
    for (int32_t i = 0; i < G::count; ++i) {
      const int32_t slice = outer * G::extent + valid_index(indices[i], G::extent);
      copy_elements(x + slice * G::inner, y, G::inner);
      y += G::inner;
    }
  }
}

}  // namespace MOTE_NAMESPACE

#endif
