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
#include "tree_finish.hpp"

namespace MOTE_NAMESPACE {

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

template <class G, class L, class W, class Targets, class Base, class T, class F>
inline void tree_numbers_as(const L* leaves, W weights, Targets tree_targets, Base base, F* scores) {
  T sums[G::targets];
  for (int32_t row = 0; row < G::rows; ++row) {
    sum_leaves<G>(leaves, weights, tree_targets, sums);
    finish_numbers<G>(sums, base, scores);
    leaves += G::trees;
    scores += G::targets;
  }
}

template <class G, class L, class W, class Targets, class Base, class T, class Labels>
inline void tree_classes_as(const L* leaves, W weights, Targets tree_targets, Base base, Labels class_labels,
                            int64_t* label, float* scores) {
  T sums[G::targets < 2 ? 2 : G::targets];
  for (int32_t row = 0; row < G::rows; ++row) {
    sum_leaves<G>(leaves, weights, tree_targets, sums);
    const int32_t position = finish_classes<G>(sums, base, scores);
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
