// Leaves as positions in tables. Geometry: limits_leaves (bool: they may be above last_leaf, and stand for it), last_leaf
// (int32_t).
#ifndef MOTE_KERNELS_LEAF_LIMIT_HPP
#define MOTE_KERNELS_LEAF_LIMIT_HPP
#include "kernel_base.hpp"

namespace MOTE_NAMESPACE {

template <class G, class L>
MOTE_ALWAYS_INLINE int32_t limited_leaf(L leaf) {
  const int32_t number = static_cast<int32_t>(leaf);
  return G::limits_leaves && number > G::last_leaf ? G::last_leaf : number;
}

}  // namespace MOTE_NAMESPACE

#endif
