// Moves blocks of consecutive elements: Transpose, Slice with steps, Expand.
//   y[p * block + j] = x[start + index(p) + j]      for every position p of the walk and 0 <= j < block
// Geometry: start, block (int32_t), then the walk of walk.hpp with x as operand a. x and y do not overlap.
#ifndef MOTE_KERNELS_STRIDED_COPY_HPP
#define MOTE_KERNELS_STRIDED_COPY_HPP
#include "copy.hpp"
#include "walk.hpp"

namespace MOTE_NAMESPACE {

template <class G, class X, class T>
inline void strided_copy(G, X x, T* y) {
  int32_t written = 0;
  walk<G>(IndexA{G::start}, [&](IndexA at) {
    copy_elements(x + at.a, y + written, G::block);
    written += G::block;
  });
}

}  // namespace MOTE_NAMESPACE

#endif
