// Labels of decision trees, which are often decided before the last tree is asked.
//
// A sink takes the leaves of one row, trees upwards: add(leaf, tree) each of them; ends(asked): whether the leaves of the
// first `asked` trees decide, whatever the others are; with all trees, whether it can tell without looking closer.
// Geometry: rows, columns, trees, first_check, check_every (int32_t): after how many trees the sink is asked for the first
//   time, and after how many more each time; first_check is trees where asking before the end does not pay. Branches:
//   find_leaves(x, sink), which does what walk_for_label does, by functions that belong to the model.
#ifndef MOTE_KERNELS_TREE_LABEL_HPP
#define MOTE_KERNELS_TREE_LABEL_HPP
#include "float_order.hpp"
#include "leaf_number.hpp"
#include "operand.hpp"
#include "separate.hpp"
#include "tree_walk.hpp"

namespace MOTE_NAMESPACE {

template <class G, class X, class Roots, class Sink>
MOTE_ALWAYS_INLINE bool walk_for_label(const X* x, constant_pointer<uint8_t> code, Roots roots, Sink& sink) {
  int32_t tree = 0;
  int32_t end = G::first_check;
  for (;;) {
    do {
      sink.add(tree_leaf<G>(x, code, static_cast<int32_t>(roots[tree])), tree);
      ++tree;
    } while (tree < end);
    if (sink.ends(end)) { return true; }
    if (end == G::trees) { return false; }
    end = end + G::check_every < G::trees ? end + G::check_every : G::trees;
  }
}

}  // namespace MOTE_NAMESPACE

#endif
