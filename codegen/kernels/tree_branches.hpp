// The leaf that each tree leads to, by functions of nested branches that belong to the model.
//
//   x [rows][columns] uint8_t, uint16_t, int32_t or int64_t, or float, with scratch [columns] (float_order.hpp);
//   leaves [rows][trees] uint8_t, uint16_t or uint32_t
// Geometry: rows, columns, trees (int32_t), and find_leaves(x, leaves), which runs all trees on one row.
#ifndef MOTE_KERNELS_TREE_BRANCHES_HPP
#define MOTE_KERNELS_TREE_BRANCHES_HPP
#include "float_order.hpp"
#include "leaf_number.hpp"
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

template <class G, class L>
inline void tree_branches(G, const float* x, L* leaves, uint8_t* scratch) {
  float* const copy = static_cast<float*>(static_cast<void*>(scratch));
  for (int32_t row = 0; row < G::rows; ++row) {
    G::find_leaves(comparable_row<G::columns>(x, copy), leaves);
    x += G::columns;
    leaves += G::trees;
  }
}

}  // namespace MOTE_NAMESPACE

#endif
