// Decision trees and the sums of their leaves in one: no list of leaves in between.
//
//   x [rows][columns] uint8_t, uint16_t, int32_t or int64_t; sums [rows][targets], of one of these forms:
//   votes    uint8_t or uint16_t. Several targets: how many trees end in the leaf with the target's number.
//            One target: the sum of the numbers of the leaves.
//   values   float: the sum of values[leaf] for a single target; with tree_targets [trees] for the tree's own target
//   rows     float: leaf k adds values[i] to target entry_targets[i] for i = starts[k] .. starts[k + 1] - 1
//   x [rows][columns] float as well for tree_branch_sums, with scratch [columns] (see float_order.hpp)
//   Sums begin with +0, or with -0, which is left as it is where no leaf has a weight for a target; trees upwards.
// tree_sums walks packed trees (tree_walk.hpp); tree_branch_sums runs functions of nested branches that belong to the
// model.
// Geometry: rows, columns, trees, targets (int32_t), begins_negative, adds_as_integers (bool: no weight is negative, and
//   integers add them, see positive_sum.hpp); tree_sums: column_bytes, skip_bytes, leaf_bytes (int32_t), has_jumps (bool);
//   tree_branch_sums: find_leaves(x, sink), which runs all trees on one row and gives each leaf to the sink.
#ifndef MOTE_KERNELS_TREE_SUMS_HPP
#define MOTE_KERNELS_TREE_SUMS_HPP
#include "float_order.hpp"
#include "leaf_number.hpp"
#include "positive_sum.hpp"
#include "separate.hpp"
#include "tree_walk.hpp"

namespace MOTE_NAMESPACE {

// A float sum in memory, by its bits where integers add.
MOTE_ALWAYS_INLINE void add_weight(float* sum, float weight) { *sum = *sum + weight; }
MOTE_SEPARATE inline void add_positive_weight(float* sum, float weight) {
  *sum = float_of(positive_sum(bits_of(*sum), bits_of(weight)));
}
template <class G>
MOTE_ALWAYS_INLINE void add_leaf_weight(float* sum, float weight) {
  if (G::adds_as_integers) {
    add_positive_weight(sum, weight);
  } else {
    add_weight(sum, weight);
  }
}

// Where leaves go: add(leaf, tree).
template <class G, class S>
struct LeafCounts {
  S* sums;
  MOTE_ALWAYS_INLINE void add(uint32_t leaf, int32_t) const {
    S* const sum = G::targets == 1 ? sums : sums + leaf;
    *sum = static_cast<S>(*sum + (G::targets == 1 ? leaf : 1u));
  }
};

template <class G>
struct LeafValues {
  constant_pointer<float> values;
  float* sums;
  MOTE_ALWAYS_INLINE void add(uint32_t leaf, int32_t) const {
    add_leaf_weight<G>(sums, values[static_cast<int32_t>(leaf)]);
  }
};

template <class G, class Targets>
struct OwnTargetValues {
  constant_pointer<float> values;
  Targets tree_targets;
  float* sums;
  MOTE_ALWAYS_INLINE void add(uint32_t leaf, int32_t tree) const {
    add_leaf_weight<G>(sums + tree_targets[tree], values[static_cast<int32_t>(leaf)]);
  }
};

template <class G, class Starts, class Targets>
struct LeafRows {
  constant_pointer<float> values;
  Starts starts;
  Targets entry_targets;
  float* sums;
  MOTE_SEPARATE void add(uint32_t leaf, int32_t) const {
    const int32_t first = static_cast<int32_t>(starts[static_cast<int32_t>(leaf)]);
    const auto targets = entry_targets + first;
    const auto weights = values + first;
    float* const of_row = sums;  // for compilers that would read it again after every store
    const int32_t count = static_cast<int32_t>(starts[static_cast<int32_t>(leaf) + 1]) - first;
    for (int32_t i = 0; i < count; ++i) { add_leaf_weight<G>(of_row + targets[i], weights[i]); }
  }
};

// The sink that goes with the operands that are there.
template <class G, class S>
MOTE_ALWAYS_INLINE LeafCounts<G, S> leaf_sink(decltype(nullptr), decltype(nullptr), decltype(nullptr), decltype(nullptr),
                                              S* sums) {
  return {sums};
}
template <class G>
MOTE_ALWAYS_INLINE LeafValues<G> leaf_sink(constant_pointer<float> values, decltype(nullptr), decltype(nullptr),
                                           decltype(nullptr), float* sums) {
  return {values, sums};
}
template <class G, class Targets>
MOTE_ALWAYS_INLINE OwnTargetValues<G, Targets> leaf_sink(constant_pointer<float> values, decltype(nullptr),
                                                         decltype(nullptr), Targets tree_targets, float* sums) {
  return {values, tree_targets, sums};
}
template <class G, class Starts, class Targets>
MOTE_ALWAYS_INLINE LeafRows<G, Starts, Targets> leaf_sink(constant_pointer<float> values, Starts starts,
                                                          Targets entry_targets, decltype(nullptr), float* sums) {
  return {values, starts, entry_targets, sums};
}

// How a sink is handed to functions of branches: a single pointer as it is, more by its address.
template <class Sink>
struct SinkAddress {
  const Sink* sink;
  MOTE_ALWAYS_INLINE void add(uint32_t leaf, int32_t tree) const { sink->add(leaf, tree); }
};
template <class Sink>
MOTE_ALWAYS_INLINE SinkAddress<Sink> handed_on(const Sink& sink) {
  return {&sink};
}
template <class G, class S>
MOTE_ALWAYS_INLINE LeafCounts<G, S> handed_on(const LeafCounts<G, S>& sink) {
  return sink;
}

template <class G, class S>
MOTE_ALWAYS_INLINE void begin_sums(S* sums) {
  for (int32_t target = 0; target < G::targets; ++target) {
    sums[target] = G::begins_negative ? static_cast<S>(-static_cast<S>(0)) : static_cast<S>(0);
  }
}

template <class G, class X, class Roots, class Values, class Starts, class Entries, class Targets, class S>
inline void tree_sums(G, const X* x, constant_pointer<uint8_t> code, Roots roots, Values values, Starts starts,
                      Entries entry_targets, Targets tree_targets, S* sums) {
  for (int32_t row = 0; row < G::rows; ++row) {
    begin_sums<G>(sums);
    const auto sink = leaf_sink<G>(values, starts, entry_targets, tree_targets, sums);
    for (int32_t tree = 0; tree < G::trees; ++tree) {
      sink.add(tree_leaf<G>(x, code, static_cast<int32_t>(roots[tree])), tree);
    }
    x += G::columns;
    sums += G::targets;
  }
}

template <class G, class X, class Values, class Starts, class Entries, class Targets, class S>
inline void tree_branch_sums(G, const X* x, Values values, Starts starts, Entries entry_targets, Targets tree_targets,
                             S* sums) {
  for (int32_t row = 0; row < G::rows; ++row) {
    begin_sums<G>(sums);
    const auto sink = leaf_sink<G>(values, starts, entry_targets, tree_targets, sums);
    G::find_leaves(x, handed_on(sink));
    x += G::columns;
    sums += G::targets;
  }
}

template <class G, class Values, class Starts, class Entries, class Targets, class S>
inline void tree_branch_sums(G, const float* x, Values values, Starts starts, Entries entry_targets,
                             Targets tree_targets, S* sums, uint8_t* scratch) {
  float* const copy = static_cast<float*>(static_cast<void*>(scratch));
  for (int32_t row = 0; row < G::rows; ++row) {
    begin_sums<G>(sums);
    const auto sink = leaf_sink<G>(values, starts, entry_targets, tree_targets, sums);
    G::find_leaves(comparable_row<G::columns>(x, copy), handed_on(sink));
    x += G::columns;
    sums += G::targets;
  }
}

}  // namespace MOTE_NAMESPACE

#endif
