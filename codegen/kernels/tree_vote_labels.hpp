// The label of a classifier of decision trees that vote: the first class with the most votes, or, of two classes, whether
// the second has more than a limit.
//
//   x [rows][columns], code, roots: see tree_sums.hpp; class_labels [classes] or nullptr (the label is the class's
//   position); label [rows]; scratch: of branches on float x the copy of a row (float_order.hpp)
//   A leaf is the class that it votes for; of two classes 1, or 0.
// Geometry: as for tree_label.hpp and tree_walk.hpp; classes, limit, count_bytes (1 or 2), counts (1: the votes for the
//   second of two classes; else as many as classes) (int32_t), has_labels (bool).
#ifndef MOTE_KERNELS_TREE_VOTE_LABELS_HPP
#define MOTE_KERNELS_TREE_VOTE_LABELS_HPP
#include "tree_label.hpp"

namespace MOTE_NAMESPACE {

// What leaves are taken to be: counts by class.
template <class G, int32_t Counts>
struct Votes {
  typedef typename StoredLeaf<G::count_bytes>::Type Count;
  Count counts[G::classes];
  int32_t position;

  void begin() {
    for (int32_t i = 0; i < G::classes; ++i) { counts[i] = 0; }
  }
  MOTE_ALWAYS_INLINE void add(uint32_t leaf, int32_t) { counts[leaf] = static_cast<Count>(counts[leaf] + 1u); }
  // With the first class of the most votes in `position`: whether it is ahead by more than the trees that are left.
  bool ends(int32_t asked) {
    int32_t best = 0;
    Count most = counts[0], next = 0;
    for (int32_t i = 1; i < G::classes; ++i) {
      const Count count = counts[i];
      if (count > most) {
        next = most;
        most = count;
        best = i;
      } else if (count > next) {
        next = count;
      }
    }
    position = best;
    return G::first_check < G::trees && most - next > G::trees - asked;
  }
};

// Votes for the second class.
template <class G>
struct Votes<G, 1> {
  typedef typename LeafNumber<G::count_bytes>::Type Sum;
  Sum sum;
  int32_t position;

  void begin() { sum = 0; }
  MOTE_ALWAYS_INLINE void add(uint32_t leaf, int32_t) { sum = static_cast<Sum>(sum + static_cast<Sum>(leaf)); }
  MOTE_ALWAYS_INLINE bool ends(int32_t asked) {
    position = sum > static_cast<Sum>(G::limit) ? 1 : 0;
    return position != 0 || sum + static_cast<Sum>(G::trees - asked) <= static_cast<Sum>(G::limit);
  }
};

template <class G, class X, class Roots, class Labels>
inline void tree_vote_labels(G, const X* x, constant_pointer<uint8_t> code, Roots roots, Labels class_labels,
                             int64_t* label) {
  for (int32_t row = 0; row < G::rows; ++row) {
    Votes<G, G::counts> votes;
    votes.begin();
    walk_for_label<G>(x, code, roots, votes);
    label[row] = element_or(class_labels, votes.position, static_cast<int64_t>(votes.position));
    x += G::columns;
  }
}

template <class G, class X, class Labels>
inline void tree_branch_vote_labels(G, const X* x, Labels class_labels, int64_t* label, uint8_t* scratch = nullptr) {
  for (int32_t row = 0; row < G::rows; ++row) {
    Votes<G, G::counts> votes;
    votes.begin();
    G::find_leaves(comparable_row<G::columns>(x, scratch), votes);
    label[row] = element_or(class_labels, votes.position, static_cast<int64_t>(votes.position));
    x += G::columns;
  }
}

}  // namespace MOTE_NAMESPACE

#endif
