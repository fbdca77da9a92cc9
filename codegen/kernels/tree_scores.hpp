// Scores, and of a classifier the label, from sums over decision trees (tree_sums.hpp).
//
//   sums [rows][sum_targets] uint8_t or uint16_t (votes) or float; vote_values [most votes + 1] float or nullptr: what a
//   number of votes amounts to; base [base_values] or nullptr; class_labels [classes] or nullptr (the label is the
//   class's position); label [rows]; scores [rows][targets] float
// Geometry: rows, trees, targets, sum_targets (targets, or 1), only_target (the target that a single sum is for; the
//   others have no weight), most_votes, base_values, aggregate, post_transform (int32_t); of a classifier one_class_weighted,
//   no_negative_weight, has_labels (bool); see tree_finish.hpp. tree_labels, which writes no scores: rows, sum_targets,
//   limit (int32_t).
#ifndef MOTE_KERNELS_TREE_SCORES_HPP
#define MOTE_KERNELS_TREE_SCORES_HPP
#include "tree_finish.hpp"

namespace MOTE_NAMESPACE {

template <class G, class S>
MOTE_ALWAYS_INLINE float sum_value(S votes, constant_pointer<float> vote_values) {
  const int32_t number = static_cast<int32_t>(votes);
  return vote_values[number < G::most_votes ? number : G::most_votes];
}
template <class G>
MOTE_ALWAYS_INLINE float sum_value(float sum, decltype(nullptr)) { return sum; }

template <class G, class S, class Votes>
inline void read_sums(const S* sums, Votes vote_values, float* values) {
  for (int32_t target = 0; target < G::targets; ++target) { values[target] = -0.0f; }
  for (int32_t i = 0; i < G::sum_targets; ++i) { values[G::only_target + i] = sum_value<G>(sums[i], vote_values); }
}

template <class G, class S, class Votes, class Base>
inline void tree_number_scores(G, const S* sums, Votes vote_values, Base base, float* scores) {
  float values[G::targets];
  for (int32_t row = 0; row < G::rows; ++row) {
    read_sums<G>(sums, vote_values, values);
    finish_numbers<G>(values, base, scores);
    sums += G::sum_targets;
    scores += G::targets;
  }
}

template <class G, class S, class Votes, class Base, class Labels>
inline void tree_class_scores(G, const S* sums, Votes vote_values, Base base, Labels class_labels, int64_t* label,
                              float* scores) {
  float values[G::targets < 2 ? 2 : G::targets];
  for (int32_t row = 0; row < G::rows; ++row) {
    read_sums<G>(sums, vote_values, values);
    const int32_t position = finish_classes<G>(values, base, scores);
    label[row] = element_or(class_labels, position, static_cast<int64_t>(position));
    sums += G::sum_targets;
    scores += G::targets;
  }
}

// A sum that is not negative, as a number in the same order.
MOTE_ALWAYS_INLINE uint8_t sum_order(uint8_t votes) { return votes; }
MOTE_ALWAYS_INLINE uint16_t sum_order(uint16_t votes) { return votes; }
MOTE_ALWAYS_INLINE uint32_t sum_order(float sum) { return bits_of(sum); }

// The label alone, by comparisons of integers: of one sum whether it is above the limit, of several the first largest.
template <class G, class S, class Labels>
inline void tree_labels(G, const S* sums, Labels class_labels, int64_t* label) {
  for (int32_t row = 0; row < G::rows; ++row) {
    int32_t position = 0;
    auto most = sum_order(sums[0]);
    if (G::sum_targets == 1) { position = most > static_cast<uint32_t>(G::limit) ? 1 : 0; }
    for (int32_t i = 1; i < G::sum_targets; ++i) {
      const auto order = sum_order(sums[i]);
      if (order > most) {
        most = order;
        position = i;
      }
    }
    label[row] = element_or(class_labels, position, static_cast<int64_t>(position));
    sums += G::sum_targets;
  }
}

}  // namespace MOTE_NAMESPACE

#endif
