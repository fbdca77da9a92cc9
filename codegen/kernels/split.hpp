// Split: x is `outer` rows of `row` elements, each the next block of every output in turn; the inverse of Concat.
//   split<Block0, Block1, ...>(G, x, y0, y1, ...)      output i is `outer` blocks of Block<i> elements
// Geometry: outer, row (the sum of all blocks) (int32_t). x and outputs do not overlap.
#ifndef MOTE_KERNELS_SPLIT_HPP
#define MOTE_KERNELS_SPLIT_HPP
#include "copy.hpp"

namespace MOTE_NAMESPACE {

// An output that nobody reads is nullptr.
template <int32_t Block, class X>
MOTE_ALWAYS_INLINE void take_block(int32_t, X, decltype(nullptr)) {}
template <int32_t Block, class X, class T>
MOTE_ALWAYS_INLINE void take_block(int32_t index, X x, T* y) {
  copy_elements(x, y + index * Block, Block);
}

template <class X>
MOTE_ALWAYS_INLINE void take_blocks(int32_t, X) {}
template <int32_t Block, int32_t... Blocks, class X, class Y, class... Rest>
MOTE_ALWAYS_INLINE void take_blocks(int32_t index, X x, Y y, Rest... rest) {
  take_block<Block>(index, x, y);
  take_blocks<Blocks...>(index, x + Block, rest...);
}

template <int32_t... Blocks, class G, class X, class... Y>
inline void split(G, X x, Y... y) {
  for (int32_t index = 0; index < G::outer; ++index) { take_blocks<Blocks...>(index, x + index * G::row, y...); }
}

}  // namespace MOTE_NAMESPACE

#endif
