// From the sums of one row to its scores, and of a classifier the class: ONNX TreeEnsembleClassifier and
// TreeEnsembleRegressor, as ONNX Runtime decides what ONNX leaves open.
//
//   sums [targets], float or double, -0 for a target without any weight; base [base_values] or nullptr; scores [targets],
//   float, or double without a transformation
// Geometry: trees, targets, base_values, aggregate (0 sum, 1 average, 2 minimum, 3 maximum), post_transform
//   (tree_transforms.hpp) (int32_t); of a classifier one_class_weighted (two classes, weights for one),
//   no_negative_weight (bool).
#ifndef MOTE_KERNELS_TREE_FINISH_HPP
#define MOTE_KERNELS_TREE_FINISH_HPP
#include "kernel_base.hpp"
#include "operand.hpp"
#include "tree_transforms.hpp"

namespace MOTE_NAMESPACE {

MOTE_ALWAYS_INLINE bool has_weight(float sum) { return bits_of(sum) != 0x80000000u; }
MOTE_ALWAYS_INLINE bool has_weight(double sum) {
  uint64_t bits = 0;
  memcpy(&bits, &sum, sizeof sum);
  return bits != 0x8000000000000000ULL;
}

// Several targets: one without any weight reads as 0, whatever its base value.
template <class G, class Base, class T, class F>
inline void finish_targets(const T* sums, Base base, F* scores) {
  for (int32_t i = 0; i < G::targets; ++i) {
    const bool present = has_weight(sums[i]);
    T value = present ? sums[i] : static_cast<T>(0);
    if (G::aggregate == 1) { value = value / static_cast<T>(G::trees); }
    if (G::base_values != 0) { value = value + element_or(base, i, static_cast<T>(0)); }
    scores[i] = static_cast<F>(present || G::targets == 1 ? value : static_cast<T>(0));
  }
}

MOTE_ALWAYS_INLINE void probit_alone(float* score) { *score = tree_probit(*score); }
MOTE_ALWAYS_INLINE void probit_alone(double*) {}

template <class G, class Base, class T, class F>
inline void finish_numbers(const T* sums, Base base, F* scores) {
  finish_targets<G>(sums, base, scores);
  if (G::targets > 1) {
    transform_scores<G>(scores);
  } else if (G::post_transform == 4) {  // the only transformation that a single target has
    probit_alone(scores);
  }
}

// One score for two classes: (1 - s, s) for votes, (-s, s) for margins, the latter perhaps as probabilities.
template <class G>
inline void write_two_classes(float score, float* scores) {
  const bool votes = G::one_class_weighted && G::no_negative_weight;
  const bool logistic = G::post_transform == 2 && !votes;
  scores[0] = votes ? 1.0f - score : (logistic ? tree_logistic(-score) : -score);
  scores[1] = logistic ? tree_logistic(score) : score;
}

// Which score decides between two classes depends on which of them have weights and base values.
template <class G, class Base, class T>
inline int32_t finish_two_classes(const T* sums, Base base, float* scores) {
  const bool has_first = has_weight(sums[0]), has_second = has_weight(sums[1]);
  T first = has_first ? sums[0] : static_cast<T>(0), second = has_second ? sums[1] : static_cast<T>(0);
  if (G::base_values == 2 && has_second) {
    second = element_or(base, 1, static_cast<T>(0)) + first;
    first = -second;
  } else if (G::base_values != 0) {
    first = first + element_or(base, 0, static_cast<T>(0));
  }
  const T deciding = has_second ? second : (has_first ? first : static_cast<T>(0));
  if (has_second || G::base_values == 2) {
    scores[0] = has_first ? static_cast<float>(first) : 0.0f;
    scores[1] = has_second ? static_cast<float>(second) : 0.0f;
    transform_scores<G>(scores);
  } else {
    write_two_classes<G>(static_cast<float>(first), scores);
  }
  const bool votes = G::one_class_weighted && G::no_negative_weight;
  return deciding > (votes ? static_cast<T>(0.5f) : static_cast<T>(0)) ? 1 : 0;
}

// The first class with the largest score among those with any weight; with base values every class has one.
template <class G, class Base, class T>
inline int32_t finish_many_classes(const T* sums, Base base, float* scores) {
  int32_t best = -1;
  T best_score = static_cast<T>(0);
  for (int32_t i = 0; i < G::targets; ++i) {
    const bool present = has_weight(sums[i]) || G::base_values != 0;
    T value = has_weight(sums[i]) ? sums[i] : static_cast<T>(0);
    if (G::base_values != 0) { value = value + element_or(base, i, static_cast<T>(0)); }
    scores[i] = static_cast<float>(value);
    if (present && (best < 0 || value > best_score)) {
      best = i;
      best_score = value;
    }
  }
  transform_scores<G>(scores);
  return best < 0 ? 0 : best;
}

// A single class: whether its score is positive.
template <class G, class Base, class T>
inline int32_t finish_one_class(const T* sums, Base base, float* scores) {
  T value = has_weight(sums[0]) ? sums[0] : static_cast<T>(0);
  if (G::base_values != 0) { value = value + element_or(base, 0, static_cast<T>(0)); }
  scores[0] = static_cast<float>(value);
  if (G::post_transform == 4) { scores[0] = tree_probit(scores[0]); }
  return value > static_cast<T>(0) ? 1 : 0;
}

// The position of the class.
template <class G, class Base, class T>
inline int32_t finish_classes(const T* sums, Base base, float* scores) {
  if (G::targets == 1) { return finish_one_class<G>(sums, base, scores); }
  if (G::targets == 2) { return finish_two_classes<G>(sums, base, scores); }
  return finish_many_classes<G>(sums, base, scores);
}

}  // namespace MOTE_NAMESPACE

#endif
