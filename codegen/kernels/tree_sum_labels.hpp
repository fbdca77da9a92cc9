// The label of a classifier of decision trees with two classes that one sum decides between, in integers throughout.
//
//   x [rows][columns], code, roots: see tree_sums.hpp; values [] float, +0 or normal; numbers [] uint8_t or uint16_t: the
//   values as integers, rounded; class_labels [2] or nullptr (the label is 0 or 1); label [rows]; scratch: of branches on
//   float x the copy of a row (float_order.hpp), then leaves [trees] uint8_t or uint16_t
//   A leaf is the number of its value, with leaf_is_number (values and numbers ascend then), else its position.
// Value: whether the sum of the leaves' values is above the limit, in float32, trees upwards. Sums of numbers decide where
//   they are above `above` or below `below`, between which lies what rounding, here and in float32, can amount to; there
//   the sum of float32 is made.
// Geometry: as for tree_label.hpp and tree_walk.hpp; above, below, most_number, limit (its bits), sum_bytes (2
//   where all numbers together are below 65536, or 4), leaf_bytes (int32_t), leaf_is_number, sums_list (bool: leaves are
//   added when the sink is asked), adds_as_integers (bool: the sum of float32, see positive_sum.hpp), copies_rows,
//   has_labels (bool).
#ifndef MOTE_KERNELS_TREE_SUM_LABELS_HPP
#define MOTE_KERNELS_TREE_SUM_LABELS_HPP
#include "positive_sum.hpp"
#include "tree_label.hpp"

namespace MOTE_NAMESPACE {

// The position of a leaf's value. Numbers are few where it must be looked for.
template <class G, class Numbers>
MOTE_ALWAYS_INLINE int32_t value_position(Numbers numbers, uint32_t leaf) {
  if (!G::leaf_is_number) { return static_cast<int32_t>(leaf); }
  LeafNumber<1>::Type position = 0;
  while (numbers[static_cast<int32_t>(position)] < leaf) { ++position; }
  return static_cast<int32_t>(position);
}

template <class G, class L, class Numbers>
MOTE_SEPARATE inline bool is_exactly_above(const L* leaves, constant_pointer<float> values, Numbers numbers) {
  uint32_t sum = 0;
  for (int32_t tree = 0; tree < G::trees; ++tree) {
    const float value = values[value_position<G>(numbers, leaves[tree])];
    sum = G::adds_as_integers ? positive_sum(sum, bits_of(value)) : bits_of(float_of(sum) + value);
  }
  return sum > static_cast<uint32_t>(G::limit);
}

template <class L, class Numbers, class Sum>
MOTE_SEPARATE inline Sum sum_of_numbers(const L* leaves, LeafNumber<2>::Type count, Numbers numbers, Sum sum) {
  for (; count != 0; --count) { sum = static_cast<Sum>(sum + numbers[static_cast<int32_t>(*leaves++)]); }
  return sum;
}

template <class G, class L, class Numbers>
struct LeafSum {
  typedef typename LeafNumber<G::sum_bytes>::Type Sum;
  L* leaves;
  Numbers numbers;
  Sum sum;
  int32_t counted;
  bool second;

  MOTE_ALWAYS_INLINE void count(uint32_t leaf) {
    sum = static_cast<Sum>(sum + (G::leaf_is_number ? leaf : numbers[static_cast<int32_t>(leaf)]));
  }
  MOTE_ALWAYS_INLINE void add(uint32_t leaf, int32_t tree) {
    leaves[tree] = static_cast<L>(leaf);
    if (!G::sums_list) { count(leaf); }
  }
  MOTE_ALWAYS_INLINE bool ends(int32_t asked) {
    if (G::sums_list) {
      sum = sum_of_numbers(leaves + counted, static_cast<LeafNumber<2>::Type>(asked - counted), numbers, sum);
      counted = asked;
    }
    second = sum > static_cast<uint32_t>(G::above);
    const uint32_t rest = static_cast<uint32_t>(G::trees - asked) * static_cast<uint32_t>(G::most_number);
    return second || (static_cast<uint32_t>(G::below) > rest && sum < static_cast<uint32_t>(G::below) - rest);
  }
};

template <class G, class Numbers>
MOTE_ALWAYS_INLINE LeafSum<G, typename StoredLeaf<G::leaf_bytes>::Type, Numbers> leaf_sum(Numbers numbers, uint8_t* scratch) {
  typedef typename StoredLeaf<G::leaf_bytes>::Type Leaf;
  void* const leaves = scratch + (G::copies_rows ? G::columns * 4 : 0);
  return {static_cast<Leaf*>(leaves), numbers, 0, 0, false};
}

template <class G, class Sink, class Labels>
MOTE_ALWAYS_INLINE int64_t label_of_sum(const Sink& sink, bool decided, constant_pointer<float> values, Labels class_labels) {
  const bool second = decided ? sink.second : is_exactly_above<G>(sink.leaves, values, sink.numbers);
  const int32_t position = second ? 1 : 0;
  return element_or(class_labels, position, static_cast<int64_t>(position));
}

template <class G, class X, class Roots, class Numbers, class Labels>
inline void tree_sum_labels(G, const X* x, constant_pointer<uint8_t> code, Roots roots, constant_pointer<float> values,
                            Numbers numbers, Labels class_labels, int64_t* label, uint8_t* scratch) {
  for (int32_t row = 0; row < G::rows; ++row) {
    auto sink = leaf_sum<G>(numbers, scratch);
    const bool decided = walk_for_label<G>(x, code, roots, sink);
    label[row] = label_of_sum<G>(sink, decided, values, class_labels);
    x += G::columns;
  }
}

template <class G, class X, class Numbers, class Labels>
inline void tree_branch_sum_labels(G, const X* x, constant_pointer<float> values, Numbers numbers, Labels class_labels,
                                   int64_t* label, uint8_t* scratch) {
  for (int32_t row = 0; row < G::rows; ++row) {
    auto sink = leaf_sum<G>(numbers, scratch);
    const bool decided = G::find_leaves(comparable_row<G::columns>(x, scratch), sink);
    label[row] = label_of_sum<G>(sink, decided, values, class_labels);
    x += G::columns;
  }
}

}  // namespace MOTE_NAMESPACE

#endif
