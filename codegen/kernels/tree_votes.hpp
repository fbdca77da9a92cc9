// Scores, and of a classifier the label, from the leaves that a row ends in: ONNX TreeEnsembleClassifier and
// TreeEnsembleRegressor, as ONNX Runtime decides what ONNX leaves open.
//
//   leaves [rows][trees]; weights [leaf][width], float or double; tree_targets [trees] or nullptr; base [base_values] or
//   nullptr; class_labels [classes] or nullptr (the label is the class's position); label [rows]; scores [rows][targets],
//   float, or double without a transformation
//   A weight of -0 says that the leaf has none for the target: added to a sum, which starts at -0, it changes nothing. A
//   sum of -0 is thus a target without any weight.
// Geometry: rows, trees, targets, width (targets, or 1 where each tree has one target of its own), base_values,
//   aggregate (0 sum, 1 average, 2 minimum, 3 maximum), post_transform (tree_transforms.hpp), last_leaf (the largest
//   leaf) (int32_t), limits_leaves (bool: others may come, and stand for the last); of a classifier one_class_weighted (two classes, weights for one), no_negative_weight, has_labels (bool).
// Value: sums in the weights' type, trees upwards; then average, base values, transformation.
#ifndef MOTE_KERNELS_TREE_VOTES_HPP
#define MOTE_KERNELS_TREE_VOTES_HPP
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

template <class G, class T>
MOTE_ALWAYS_INLINE T tree_aggregate(T sum, T weight) {
  if (G::aggregate <= 1) { return sum + weight; }
  if (!has_weight(weight)) { return sum; }
  const bool wins = !has_weight(sum) || (G::aggregate == 2 ? weight < sum : weight > sum);
  return wins ? weight : sum;
}

template <class G, class L, class W, class Targets, class T>
inline void sum_leaves(const L* leaves, W weights, Targets tree_targets, T* sums) {
  for (int32_t target = 0; target < G::targets; ++target) { sums[target] = -static_cast<T>(0); }
  for (int32_t tree = 0; tree < G::trees; ++tree) {
    int32_t leaf = static_cast<int32_t>(leaves[tree]);
    if (G::limits_leaves && (leaf > G::last_leaf || leaf < 0)) { leaf = G::last_leaf; }
    const int32_t first = leaf * G::width;
    const int32_t target = element_or(tree_targets, tree, static_cast<int32_t>(0));
    for (int32_t i = 0; i < G::width; ++i) {
      sums[target + i] = tree_aggregate<G, T>(sums[target + i], weights[first + i]);
    }
  }
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

template <class G, class L, class W, class Targets, class Base, class T, class F>
inline void tree_numbers_as(const L* leaves, W weights, Targets tree_targets, Base base, F* scores) {
  T sums[G::targets];
  for (int32_t row = 0; row < G::rows; ++row) {
    sum_leaves<G>(leaves, weights, tree_targets, sums);
    finish_targets<G>(sums, base, scores);
    if (G::targets > 1) {
      transform_scores<G>(scores);
    } else if (G::post_transform == 4) {  // the only transformation that a single target has
      probit_alone(scores);
    }
    leaves += G::trees;
    scores += G::targets;
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

template <class G, class L, class W, class Targets, class Base, class T, class Labels>
inline void tree_classes_as(const L* leaves, W weights, Targets tree_targets, Base base, Labels class_labels,
                            int64_t* label, float* scores) {
  T sums[G::targets < 2 ? 2 : G::targets];
  for (int32_t row = 0; row < G::rows; ++row) {
    sum_leaves<G>(leaves, weights, tree_targets, sums);
    int32_t position = 0;
    if (G::targets == 1) {
      position = finish_one_class<G>(sums, base, scores);
    } else if (G::targets == 2) {
      position = finish_two_classes<G>(sums, base, scores);
    } else {
      position = finish_many_classes<G>(sums, base, scores);
    }
    label[row] = element_or(class_labels, position, static_cast<int64_t>(position));
    leaves += G::trees;
    scores += G::targets;
  }
}

template <class G, class L, class Targets, class Base, class F>
inline void tree_numbers(G, const L* leaves, constant_pointer<float> weights, Targets tree_targets, Base base, F* scores) {
  tree_numbers_as<G, L, constant_pointer<float>, Targets, Base, float>(leaves, weights, tree_targets, base, scores);
}
template <class G, class L, class Targets, class Base, class F>
inline void tree_numbers(G, const L* leaves, constant_pointer<double> weights, Targets tree_targets, Base base, F* scores) {
  tree_numbers_as<G, L, constant_pointer<double>, Targets, Base, double>(leaves, weights, tree_targets, base, scores);
}

template <class G, class L, class Targets, class Base, class Labels>
inline void tree_classes(G, const L* leaves, constant_pointer<float> weights, Targets tree_targets, Base base,
                         Labels class_labels, int64_t* label, float* scores) {
  tree_classes_as<G, L, constant_pointer<float>, Targets, Base, float>(leaves, weights, tree_targets, base, class_labels,
                                                                       label, scores);
}
template <class G, class L, class Targets, class Base, class Labels>
inline void tree_classes(G, const L* leaves, constant_pointer<double> weights, Targets tree_targets, Base base,
                         Labels class_labels, int64_t* label, float* scores) {
  tree_classes_as<G, L, constant_pointer<double>, Targets, Base, double>(leaves, weights, tree_targets, base,
                                                                         class_labels, label, scores);
}

}  // namespace MOTE_NAMESPACE

#endif
