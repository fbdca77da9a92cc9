// The leaf that each tree leads to, by functions of nested branches that belong to the model.
//
//   x [rows][columns] uint8_t, uint16_t, int32_t or int64_t; leaves [rows][trees] uint8_t, uint16_t or uint32_t
// Geometry: rows, columns, trees (int32_t), and find_leaves(x, leaves), which runs all trees on one row.
#ifndef MOTE_KERNELS_TREE_BRANCHES_HPP
#define MOTE_KERNELS_TREE_BRANCHES_HPP
#include "separate.hpp"

namespace MOTE_NAMESPACE {

template <class G, class X, class L>
inline void tree_branches(G, const X* x, L* leaves) {
  for (int32_t row = 0; row < G::rows; ++row) {
    G::find_leaves(x, leaves);
    x += G::columns;
    leaves += G::trees;
  }
}

}  // namespace MOTE_NAMESPACE

#endif
