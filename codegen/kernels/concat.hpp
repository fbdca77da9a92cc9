// Concat: y is `outer` rows of `row` elements, each the next block of every input in turn.
//   concat<Block0, Block1, ...>(G, y, x0, x1, ...)      input i is `outer` blocks of Block<i> elements
// Geometry: outer, row (the sum of all blocks) (int32_t). Inputs and y do not overlap.
#ifndef MOTE_KERNELS_CONCAT_HPP
#define MOTE_KERNELS_CONCAT_HPP
#include "copy.hpp"

namespace MOTE_NAMESPACE {

template <class T>
MOTE_ALWAYS_INLINE void append_blocks(int32_t, T*) {}

template <int32_t Block, int32_t... Blocks, class T, class X, class... Rest>
MOTE_ALWAYS_INLINE void append_blocks(int32_t index, T* y, X x, Rest... rest) {
  copy_elements(x + index * Block, y, Block);
  append_blocks<Blocks...>(index, y + Block, rest...);
}

template <int32_t... Blocks, class G, class T, class... X>
inline void concat(G, T* y, X... x) {
  for (int32_t index = 0; index < G::outer; ++index) { append_blocks<Blocks...>(index, y + index * G::row, x...); }
}

}  // namespace MOTE_NAMESPACE

#endif
