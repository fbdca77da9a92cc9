#pragma once
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "lib/ops/support/elementary.hpp"
#include "lib/ops/support/score_rule.hpp"

// From the weights of the leaves that a row ends in to scores and label. ONNX leaves much of this open; what is decided
// here is what ONNX Runtime does (core/providers/cpu/ml/tree_ensemble_aggregator.h and ml_common.h of version 1.20).
namespace mote::ops {

// v = 1 / (1 + exp(-|x|)), mirrored for negative x.
template <class F>
[[nodiscard]] F tree_logistic(F x) {
  const F v = F{1} / (F{1} + exp_of(-std::abs(x)));
  return x < F{0} ? F{1} - v : v;
}

// sqrt(2) * inverse error function of 2p - 1, by Winitzki's approximation.
template <class F>
[[nodiscard]] F tree_probit(F p) {
  const F x = F{2} * p - F{1};
  const F logarithm = log_of((F{1} - x) * (F{1} + x));
  const F v = F{2} / (static_cast<F>(3.14159265358979323846F) * F(0.147F)) + F(0.5F) * logarithm;
  const F v2 = F{1} / F(0.147F) * logarithm;
  const F magnitude = sqrt_of(sqrt_of(v * v - v2) - v);
  return static_cast<F>(1.41421356237309504880F) * (x < F{0} ? -magnitude : magnitude);
}

// Shared by SOFTMAX and SOFTMAX_ZERO; the latter leaves scores of (nearly) zero at zero.
template <class F>
void tree_softmax(std::span<F> scores, bool keep_zeros) {
  F largest = -static_cast<F>(std::numeric_limits<float>::max());
  for (const F score : scores)
    if (score > largest) largest = score;
  F sum{0};
  for (F& score : scores) {
    if (keep_zeros && !(score > F(0.0000001F)) && !(score < F(-0.0000001F))) {
      score *= exp_of(-largest);
    } else {
      score = exp_of(score - largest);
      sum += score;
    }
  }
  for (F& score : scores) score /= sum;
}

template <class F>
void post_transform(PostTransform transform, std::span<F> scores) {
  switch (transform) {
    case PostTransform::none: return;
    case PostTransform::softmax: return tree_softmax(scores, false);
    case PostTransform::softmax_zero: return tree_softmax(scores, true);
    case PostTransform::logistic:
      for (F& score : scores) score = tree_logistic(score);
      return;
    case PostTransform::probit:
      for (F& score : scores) score = tree_probit(score);
      return;
  }
}

// Turns sums into final scores. A target without any weight reads as 0, even if it has a base value.
template <class T, class F>
void write_scores(const ScoreRule& rule, std::span<const TreeScore<T>> scores, std::span<F> out) {
  for (std::size_t i = 0; i < scores.size(); ++i) out[i] = scores[i].present ? static_cast<F>(scores[i].value) : F{0};
  post_transform(rule.post_transform, out.first(scores.size()));
}

template <class T, class F>
void finish_regression(const ScoreRule& rule, std::int64_t trees, std::span<TreeScore<T>> scores, std::span<F> out) {
  for (std::size_t i = 0; i < scores.size(); ++i) {
    if (rule.aggregate == TreeAggregate::average) scores[i].value /= static_cast<T>(trees);
    if (!rule.base_values.empty()) scores[i].value += static_cast<T>(rule.base_values[i]);
  }
  if (scores.size() > 1) return write_scores<T, F>(rule, scores, out);
  // A single target has only one transformation, and its base value without any weight.
  out[0] = static_cast<F>(scores[0].value);
  if (rule.post_transform == PostTransform::probit) out[0] = tree_probit(out[0]);
}

// One score s for two classes: (1 - s, s) for votes, (-s, s) for margins, the latter perhaps as probabilities.
template <class F>
void write_two_classes(const ScoreRule& rule, F score, bool votes, std::span<F> out) {
  const bool logistic = rule.post_transform == PostTransform::logistic && !votes;
  out[1] = logistic ? tree_logistic(score) : score;
  out[0] = votes ? F{1} - score : (logistic ? tree_logistic(-score) : -score);
}

// The class of two; which score decides depends on which classes have weights and base values.
template <class T, class F>
std::size_t finish_two_classes(const ScoreRule& rule, std::span<TreeScore<T>> scores, std::span<F> out) {
  TreeScore<T>& first = scores[0];
  TreeScore<T>& second = scores[1];
  if (rule.base_values.size() == 2) {
    if (second.present) {
      second.value = static_cast<T>(rule.base_values[1]) + first.value;
      first.value = -second.value;
    } else {
      second.value += static_cast<T>(rule.base_values[1]);
      first.value += static_cast<T>(rule.base_values[0]);
    }
  } else if (rule.base_values.size() == 1) {
    first.value += static_cast<T>(rule.base_values[0]);
  }
  const T deciding = second.present ? second.value : (first.present ? first.value : T{0});
  const bool votes = rule.one_class_weighted && rule.no_negative_weight;
  if (second.present || rule.base_values.size() == 2)
    write_scores<T, F>(rule, scores, out);
  else
    write_two_classes<F>(rule, static_cast<F>(first.value), votes, out);
  return deciding > (votes ? T(0.5) : T{0}) ? 1 : 0;
}

// The first class with the largest score among those with any weight.
template <class T, class F>
std::size_t finish_many_classes(const ScoreRule& rule, std::span<TreeScore<T>> scores, std::span<F> out) {
  for (std::size_t i = 0; i < rule.base_values.size(); ++i) {
    scores[i].value += static_cast<T>(rule.base_values[i]);
    scores[i].present = true;
  }
  std::size_t best = scores.size();
  for (std::size_t i = 0; i < scores.size(); ++i)
    if (scores[i].present && (best == scores.size() || scores[i].value > scores[best].value)) best = i;
  write_scores<T, F>(rule, scores, out);
  return best == scores.size() ? 0 : best;
}

// A classifier of a single class says whether its score is positive.
template <class T, class F>
std::size_t finish_one_class(const ScoreRule& rule, std::span<TreeScore<T>> scores, std::span<F> out) {
  if (!rule.base_values.empty()) scores[0].value += static_cast<T>(rule.base_values[0]);
  out[0] = static_cast<F>(scores[0].value);
  if (rule.post_transform == PostTransform::probit) out[0] = tree_probit(out[0]);
  return scores[0].value > T{0} ? 1 : 0;
}

// Scores of one row from its sums; for a classifier the class's position, else 0. `T`: type of the sums, `F`: of scores.
template <class T, class F>
std::size_t finish_scores(const ScoreRule& rule, std::int64_t trees, std::span<TreeScore<T>> scores, std::span<F> out) {
  if (!rule.classifies) {
    finish_regression<T, F>(rule, trees, scores, out);
    return 0;
  }
  if (scores.size() == 1) return finish_one_class<T, F>(rule, scores, out);
  if (scores.size() == 2) return finish_two_classes<T, F>(rule, scores, out);
  return finish_many_classes<T, F>(rule, scores, out);
}

}  // namespace mote::ops
