// Packed trees, and the walk from a root to a leaf.
//
// A decision is: column (column_bytes), threshold (as many bytes as an element of x), then what follows it. Numbers are
// little-endian. The way goes to `yes` if x[column] <= threshold. The two highest bits of the column say that `yes`, that
// `no` is a leaf:
//   yes and no   two leaf numbers (leaf_bytes each), yes first
//   yes only     its leaf number; the decision `no` comes next
//   no only      its leaf number; the decision `yes` comes next
//   neither      how many bytes (skip_bytes) the decision `no` lies behind the decision `yes`, which comes next
// The largest column number stands for "the decision is at the position of the next three bytes": subtrees that occur
// more than once are stored once.
// Geometry: column_bytes, skip_bytes, leaf_bytes (int32_t), has_jumps (bool).
#ifndef MOTE_KERNELS_TREE_WALK_HPP
#define MOTE_KERNELS_TREE_WALK_HPP
#include "kernel_base.hpp"

namespace MOTE_NAMESPACE {

template <int32_t Bytes>
struct TreeNumber {
  static MOTE_ALWAYS_INLINE uint32_t at(constant_pointer<uint8_t> code, int32_t position) {
    return TreeNumber<Bytes - 1>::at(code, position) |
           static_cast<uint32_t>(code[position + Bytes - 1]) << (8 * (Bytes - 1));
  }
};
template <>
struct TreeNumber<1> {
  static MOTE_ALWAYS_INLINE uint32_t at(constant_pointer<uint8_t> code, int32_t position) { return code[position]; }
};

// A threshold in the type of x.
MOTE_ALWAYS_INLINE void tree_threshold(constant_pointer<uint8_t> code, int32_t position, uint8_t& threshold) {
  threshold = code[position];
}
MOTE_ALWAYS_INLINE void tree_threshold(constant_pointer<uint8_t> code, int32_t position, uint16_t& threshold) {
  threshold = static_cast<uint16_t>(TreeNumber<2>::at(code, position));
}
MOTE_ALWAYS_INLINE void tree_threshold(constant_pointer<uint8_t> code, int32_t position, int32_t& threshold) {
  threshold = static_cast<int32_t>(TreeNumber<4>::at(code, position));
}
MOTE_ALWAYS_INLINE void tree_threshold(constant_pointer<uint8_t> code, int32_t position, int64_t& threshold) {
  const uint64_t high = TreeNumber<4>::at(code, position + 4);
  threshold = static_cast<int64_t>((high << 32) | TreeNumber<4>::at(code, position));
}

template <class G, class X>
inline uint32_t tree_leaf(const X* x, constant_pointer<uint8_t> code, int32_t root) {
  const uint32_t yes_is_leaf = 1u << (8 * G::column_bytes - 1);
  const uint32_t no_is_leaf = yes_is_leaf >> 1;
  const uint32_t jump = no_is_leaf - 1u;
  constant_pointer<uint8_t> at = code + root;
  for (;;) {
    uint32_t head = TreeNumber<G::column_bytes>::at(at, 0);
    if (G::has_jumps && head == jump) {
      at = code + static_cast<int32_t>(TreeNumber<3>::at(at, G::column_bytes));
      head = TreeNumber<G::column_bytes>::at(at, 0);
    }
    X threshold;
    tree_threshold(at, G::column_bytes, threshold);
    at = at + (G::column_bytes + static_cast<int32_t>(sizeof(X)));
    const bool yes = x[head & jump] <= threshold;
    if ((head & yes_is_leaf) != 0u) {
      if (yes) { return TreeNumber<G::leaf_bytes>::at(at, 0); }
      at = at + G::leaf_bytes;
      if ((head & no_is_leaf) != 0u) { return TreeNumber<G::leaf_bytes>::at(at, 0); }
    } else if ((head & no_is_leaf) != 0u) {
      if (!yes) { return TreeNumber<G::leaf_bytes>::at(at, 0); }
      at = at + G::leaf_bytes;
    } else {
      if (!yes) { at = at + static_cast<int32_t>(TreeNumber<G::skip_bytes>::at(at, 0)); }
      at = at + G::skip_bytes;
    }
  }
}

}  // namespace MOTE_NAMESPACE

#endif
