#pragma once
#include <vector>

#include "lib/data/intervals.hpp"

namespace mote {

// Sums over labelled samples, of numbers that are predicted: memory does not grow with the size of an output.
class Regression {
 public:
  // `truth` and `answer` of one sample, the same number of elements each time.
  void add(std::span<const double> truth, std::span<const double> answer);

  [[nodiscard]] std::optional<Estimate> rmse() const;  // root of the mean squared error over all elements
  [[nodiscard]] std::optional<Estimate> mae() const;   // mean absolute error
  // The coefficient of determination, 1 - residual / total variance, per element of the output and then averaged.
  // Nothing when an element never varies.
  [[nodiscard]] std::optional<Estimate> r2() const;

 private:
  std::size_t elements_ = 0;
  std::vector<double> squared_{}, absolute_{};  // mean per sample
  std::vector<double> truths_{}, residuals_{};  // of outputs with one element only, for the interval of r2
  std::vector<double> mean_{}, variance_{}, error_{};  // per element: of the truths (sum of squares), squared residuals
};

// The cosine of the angle between two tensors as vectors; 1 for two zero vectors, 0 if only one is.
[[nodiscard]] double cosine(std::span<const double> a, std::span<const double> b);

}  // namespace mote
