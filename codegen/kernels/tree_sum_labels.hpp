// The label of a classifier of decision trees with two classes that one sum decides between, in integers throughout.
//
//   leaves [rows][trees] uint8_t or uint16_t; values [leaf] float, +0 or normal; rounded [leaf]: the values as integers,
//   the largest as 65535; class_labels [2] or nullptr (the label is 0 or 1); label [rows]
// Value: whether the sum of values[leaf] is above the limit, in float32, trees upwards. Sums of rounded values decide where
//   they are above `above` or below `below`, between which lies what rounding, here and in float32, can amount to; there
//   the sum of float32 is made, by integers.
// Geometry: rows, trees, above, below, limit (its bits), last_leaf (int32_t), limits_leaves (bool: leaves may be above the
//   last, and stand for it), has_labels (bool).
#ifndef MOTE_KERNELS_TREE_SUM_LABELS_HPP
#define MOTE_KERNELS_TREE_SUM_LABELS_HPP
#include "leaf_limit.hpp"
#include "operand.hpp"
#include "positive_sum.hpp"
#include "separate.hpp"

namespace MOTE_NAMESPACE {

template <class G, class L>
MOTE_SEPARATE inline bool is_exactly_above(const L* leaves, constant_pointer<float> values) {
  uint32_t sum = 0;
  for (int32_t tree = 0; tree < G::trees; ++tree) {
    sum = positive_sum(sum, bits_of(values[limited_leaf<G>(leaves[tree])]));
  }
  return sum > static_cast<uint32_t>(G::limit);
}

template <class G, class L, class Labels>
inline void tree_sum_labels(G, const L* leaves, constant_pointer<float> values, constant_pointer<uint16_t> rounded,
                            Labels class_labels, int64_t* label) {
  for (int32_t row = 0; row < G::rows; ++row) {
    uint32_t sum = 0;
    for (int32_t tree = 0; tree < G::trees; ++tree) { sum += rounded[limited_leaf<G>(leaves[tree])]; }
    bool second = sum > static_cast<uint32_t>(G::above);
    if (!second && sum >= static_cast<uint32_t>(G::below)) { second = is_exactly_above<G>(leaves, values); }
    const int32_t position = second ? 1 : 0;
    label[row] = element_or(class_labels, position, static_cast<int64_t>(position));
    leaves += G::trees;
  }
}

}  // namespace MOTE_NAMESPACE

#endif
