#pragma once
#include <vector>

#include "lib/data/intervals.hpp"

namespace mote {

// Bounds the confusion matrix at 128 MiB.
constexpr std::int64_t most_classes = 4096;

// The answers of one network to labelled samples. Classes count from 0.
struct Classification {
  std::int64_t classes = 0;
  std::vector<std::int64_t> truths{}, answers{};
  // samples x classes, row-major; empty when the network gives the class alone. With two classes, column 1 decides.
  std::vector<float> scores{};
};

// The class with the largest score, the first among equals. A single score is that of class 1, decided at 0.5.
[[nodiscard]] std::int64_t class_of(std::span<const float> scores);

// counts[truth * classes + answer]
struct ConfusionMatrix {
  std::int64_t classes = 0;
  std::vector<std::int64_t> counts{};
  [[nodiscard]] std::int64_t at(std::int64_t truth, std::int64_t answer) const {
    return counts[static_cast<std::size_t>(truth * classes + answer)];
  }
};
[[nodiscard]] ConfusionMatrix confusion(const Classification& answers);

// Of one class against all others; 0 where the denominator is 0.
struct ClassScore {
  double precision = 0, recall = 0, f1 = 0;
  std::int64_t support = 0;    // samples of this class
  bool occurs = false;         // in the truths or the answers
};
[[nodiscard]] std::vector<ClassScore> class_scores(const Classification& answers, Multiplicities counts = {});
// The mean F1 of the classes that occur.
[[nodiscard]] double macro_f1(std::span<const ClassScore> scores);

[[nodiscard]] Estimate accuracy(const Classification& answers);
// Among the k largest scores; equal scores: the lower class comes first, as in class_of. Nothing without scores.
[[nodiscard]] std::optional<Estimate> top_k_accuracy(const Classification& answers, std::int64_t k);
[[nodiscard]] std::optional<Estimate> f1_estimate(const Classification& answers);
// Area under the receiver operating characteristic: the chance that a sample of the class scores above one of another,
// equal scores counting half (Mann and Whitney 1947). Two classes: that of class 1; more: the mean over the classes
// that have samples, each against the rest. Nothing without scores or with one class only.
[[nodiscard]] std::optional<Estimate> roc_auc(const Classification& answers);

}  // namespace mote
