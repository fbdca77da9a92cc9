// The leaf that each tree leads to, by walking packed trees (tree_walk.hpp).
//
//   x [rows][columns] uint8_t, uint16_t, int32_t or int64_t; code: bytes; roots [trees]: where each tree starts in it;
//   leaves [rows][trees] uint8_t, uint16_t or uint32_t
// Geometry: rows, columns, trees, column_bytes, skip_bytes, leaf_bytes (int32_t), has_jumps (bool).
#ifndef MOTE_KERNELS_TREE_LEAVES_HPP
#define MOTE_KERNELS_TREE_LEAVES_HPP
#include "tree_walk.hpp"

namespace MOTE_NAMESPACE {

template <class G, class X, class Roots, class L>
inline void tree_leaves(G, const X* x, constant_pointer<uint8_t> code, Roots roots, L* leaves) {
  for (int32_t row = 0; row < G::rows; ++row) {
    for (int32_t tree = 0; tree < G::trees; ++tree) {
      *leaves++ = static_cast<L>(tree_leaf<G>(x, code, static_cast<int32_t>(roots[tree])));
    }
    x += G::columns;
  }
}

}  // namespace MOTE_NAMESPACE

#endif
