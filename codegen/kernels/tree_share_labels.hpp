// The label of a classifier of decision trees whose leaves hold shares of classes, in integers throughout.
//
//   x [rows][columns], code, roots: see tree_sums.hpp; class_labels [classes] or nullptr (the label is the class's
//   position); label [rows]; scratch: of branches on float x the copy of a row (float_order.hpp), then leaves [trees]
//   uint8_t or uint16_t
//   Leaf k < classes is all of class k. The row of leaf classes + k starts at shares[starts[k]], or at shares[k] where
//   starts is nullptr: a head, 16 * total + entries - 1, and the entries, 16 * share + class; a share is the count of the class by the total, in 4096ths, rounded.
//   total <= 4095, so that share and total give the count back.
// Value: the class with the largest sum of count / (total * trees) as ONNX Runtime finds it: in float32, trees upwards, the
//   first of equal ones. Sums of rounded shares decide where they differ by more than `guard`, which bounds what rounding,
//   here and in float32, can amount to, and by more than the trees left can add; where they never do, the sums of float32
//   are made, by integers.
// Geometry: as for tree_label.hpp and tree_walk.hpp; classes (at most 16), guard, sum_bytes (2 where 4096 * trees < 65536,
//   or 4), leaf_bytes (int32_t), copies_rows, has_labels (bool).
#ifndef MOTE_KERNELS_TREE_SHARE_LABELS_HPP
#define MOTE_KERNELS_TREE_SHARE_LABELS_HPP
#include "positive_quotient.hpp"
#include "positive_sum.hpp"
#include "tree_label.hpp"

namespace MOTE_NAMESPACE {

template <int32_t Bytes>
struct ShareSum {
  typedef uint32_t Type;
};
template <>
struct ShareSum<2> {
  typedef uint16_t Type;
};

template <class G>
MOTE_SEPARATE inline void add_exact_shares(constant_pointer<uint16_t> row, uint32_t* sums) {
  const uint32_t head = row[0];
  const uint32_t total = head >> 4;
  for (uint32_t left = (head & 15u) + 1u; left != 0u; --left) {
    row = row + 1;
    const uint32_t entry = row[0];
    const uint32_t count = ((entry >> 4) * total + 2048u) >> 12;
    uint32_t* const sum = sums + (entry & 15u);
    *sum = positive_sum(*sum, positive_quotient(count, total * static_cast<uint32_t>(G::trees)));
  }
}

// The row of leaf classes + k.
MOTE_ALWAYS_INLINE constant_pointer<uint16_t> share_row(constant_pointer<uint16_t> starts, constant_pointer<uint16_t> shares,
                                                        int32_t k) {
  return shares + static_cast<int32_t>(starts[k]);
}
MOTE_ALWAYS_INLINE constant_pointer<uint16_t> share_row(decltype(nullptr), constant_pointer<uint16_t> shares, int32_t k) {
  return shares + k;
}

template <class G, class L, class Starts>
MOTE_SEPARATE inline int32_t exact_class(const L* leaves, Starts starts, constant_pointer<uint16_t> shares) {
  uint32_t sums[G::classes];
  for (int32_t i = 0; i < G::classes; ++i) { sums[i] = 0; }
  for (int32_t tree = 0; tree < G::trees; ++tree) {
    const int32_t leaf = static_cast<int32_t>(leaves[tree]);
    if (leaf < G::classes) {
      sums[leaf] = positive_sum(sums[leaf], positive_quotient(1, static_cast<uint32_t>(G::trees)));
    } else {
      add_exact_shares<G>(share_row(starts, shares, leaf - G::classes), sums);
    }
  }
  int32_t best = 0;
  for (int32_t i = 1; i < G::classes; ++i) {
    if (sums[i] > sums[best]) { best = i; }
  }
  return best;
}

// A function of its own has registers enough for its loop.
template <class Sum>
MOTE_SEPARATE inline void add_share_row(constant_pointer<uint16_t> row, Sum* sums) {
  LeafNumber<1>::Type left = static_cast<LeafNumber<1>::Type>((row[0] & 15) + 1);
  do {
    row = row + 1;
    const uint32_t entry = row[0];
    const uint32_t target = entry & 15u;
    sums[target] = static_cast<Sum>(sums[target] + (entry >> 4));
  } while (--left != 0);
}

template <class G, class L, class Starts, class Sum>
inline void add_share_rows(const L* leaf, const L* end, Starts starts, constant_pointer<uint16_t> shares, Sum* sums) {
  const typename LeafNumber<G::leaf_bytes>::Type classes = G::classes;
  do {
    const typename LeafNumber<G::leaf_bytes>::Type number = *leaf++;
    if (number < classes) {
      sums[number] = static_cast<Sum>(sums[number] + 4096u);
    } else {
      add_share_row(share_row(starts, shares, static_cast<int32_t>(number - classes)), sums);
    }
  } while (leaf != end);
}

// Sums of rounded shares. They begin with 1, which changes no comparison: loops that clear memory become calls of memset,
// in small C libraries byte by byte.
template <class G, class Starts>
struct ShareSums {
  typedef typename StoredLeaf<G::leaf_bytes>::Type Leaf;
  typedef typename ShareSum<G::sum_bytes>::Type Sum;
  Leaf* leaves;
  Starts starts;
  constant_pointer<uint16_t> shares;
  Sum* sums;
  int32_t position, counted;

  MOTE_ALWAYS_INLINE void add(uint32_t leaf, int32_t tree) { leaves[tree] = static_cast<Leaf>(leaf); }
  bool ends(int32_t asked) {
    add_share_rows<G>(leaves + counted, leaves + asked, starts, shares, sums);
    counted = asked;
    LeafNumber<1>::Type best = 0;
    Sum largest = sums[0], next = 0;
    for (LeafNumber<1>::Type i = 1; i < G::classes; ++i) {
      const Sum sum = sums[i];
      if (sum > largest) {
        next = largest;
        largest = sum;
        best = i;
      } else if (sum > next) {
        next = sum;
      }
    }
    position = static_cast<int32_t>(best);
    const uint32_t left = G::first_check < G::trees ? static_cast<uint32_t>(G::trees - asked) : 0u;
    return static_cast<Sum>(largest - next) > static_cast<uint32_t>(G::guard) + 4096u * left;
  }
};

template <class G, class Starts>
MOTE_ALWAYS_INLINE ShareSums<G, Starts> share_sums(Starts starts, constant_pointer<uint16_t> shares, uint8_t* scratch,
                                                   typename ShareSum<G::sum_bytes>::Type* sums) {
  for (LeafNumber<1>::Type i = 0; i < G::classes; ++i) { sums[i] = 1; }
  void* const leaves = scratch + (G::copies_rows ? G::columns * 4 : 0);
  return {static_cast<typename StoredLeaf<G::leaf_bytes>::Type*>(leaves), starts, shares, sums, 0, 0};
}

template <class G, class Sink, class Labels>
MOTE_ALWAYS_INLINE int64_t label_of_shares(const Sink& sink, bool decided, Labels class_labels) {
  const int32_t position = decided ? sink.position : exact_class<G>(sink.leaves, sink.starts, sink.shares);
  return element_or(class_labels, position, static_cast<int64_t>(position));
}

template <class G, class X, class Roots, class Starts, class Labels>
inline void tree_share_labels(G, const X* x, constant_pointer<uint8_t> code, Roots roots,
                              constant_pointer<uint16_t> shares, Starts starts, Labels class_labels, int64_t* label, uint8_t* scratch) {
  typename ShareSum<G::sum_bytes>::Type sums[G::classes];
  for (int32_t row = 0; row < G::rows; ++row) {
    auto sink = share_sums<G>(starts, shares, scratch, sums);
    const bool decided = walk_for_label<G>(x, code, roots, sink);
    label[row] = label_of_shares<G>(sink, decided, class_labels);
    x += G::columns;
  }
}

template <class G, class X, class Starts, class Labels>
inline void tree_branch_share_labels(G, const X* x, constant_pointer<uint16_t> shares, Starts starts, Labels class_labels,
                                     int64_t* label, uint8_t* scratch) {
  typename ShareSum<G::sum_bytes>::Type sums[G::classes];
  for (int32_t row = 0; row < G::rows; ++row) {
    auto sink = share_sums<G>(starts, shares, scratch, sums);
    const bool decided = G::find_leaves(comparable_row<G::columns>(x, scratch), sink);
    label[row] = label_of_shares<G>(sink, decided, class_labels);
    x += G::columns;
  }
}

}  // namespace MOTE_NAMESPACE

#endif
