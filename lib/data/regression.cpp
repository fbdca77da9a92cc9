#include "lib/data/regression.hpp"

#include <cmath>

#include "lib/support/check.hpp"

namespace mote {
namespace {

std::optional<double> weighted_mean(std::span<const double> values, Multiplicities counts) {
  double sum = 0, total = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    sum += counts[i] * values[i];
    total += counts[i];
  }
  return total == 0 ? std::nullopt : std::optional(sum / total);
}

}  // namespace

void Regression::add(std::span<const double> truth, std::span<const double> answer) {
  MOTE_CHECK(truth.size() == answer.size() && !truth.empty());
  MOTE_CHECK(elements_ == 0 || elements_ == truth.size());
  elements_ = truth.size();
  mean_.resize(elements_, 0);
  variance_.resize(elements_, 0);
  error_.resize(elements_, 0);
  double squared = 0, absolute = 0;
  const auto samples = static_cast<double>(squared_.size() + 1);
  for (std::size_t i = 0; i < elements_; ++i) {
    const double residual = truth[i] - answer[i];
    squared += residual * residual;
    absolute += std::abs(residual);
    error_[i] += residual * residual;
    const double before = truth[i] - mean_[i];  // Welford's update
    mean_[i] += before / samples;
    variance_[i] += before * (truth[i] - mean_[i]);
  }
  squared_.push_back(squared / static_cast<double>(elements_));
  absolute_.push_back(absolute / static_cast<double>(elements_));
  if (elements_ > 1) return;
  truths_.push_back(truth[0]);
  residuals_.push_back(squared);
}

std::optional<Estimate> Regression::rmse() const {
  return bootstrap(squared_.size(), [&](Multiplicities counts) -> std::optional<double> {
    const auto mean = weighted_mean(squared_, counts);
    return mean ? std::optional(std::sqrt(*mean)) : std::nullopt;
  });
}

std::optional<Estimate> Regression::mae() const {
  return bootstrap(absolute_.size(), [&](Multiplicities counts) { return weighted_mean(absolute_, counts); });
}

std::optional<Estimate> Regression::r2() const {
  if (elements_ == 0) return std::nullopt;
  if (elements_ == 1)
    return bootstrap(truths_.size(), [&](Multiplicities counts) -> std::optional<double> {
      const auto mean = weighted_mean(truths_, counts);
      double total = 0, residual = 0;
      for (std::size_t i = 0; i < truths_.size(); ++i) {
        total += counts[i] * (truths_[i] - mean.value_or(0)) * (truths_[i] - mean.value_or(0));
        residual += counts[i] * residuals_[i];
      }
      return total == 0 ? std::nullopt : std::optional(1 - residual / total);
    });
  double sum = 0;
  for (std::size_t i = 0; i < elements_; ++i) {
    if (variance_[i] == 0) return std::nullopt;
    sum += 1 - error_[i] / variance_[i];
  }
  return Estimate{.value = sum / static_cast<double>(elements_)};
}

double cosine(std::span<const double> a, std::span<const double> b) {
  MOTE_CHECK(a.size() == b.size());
  double product = 0, length_a = 0, length_b = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    product += a[i] * b[i];
    length_a += a[i] * a[i];
    length_b += b[i] * b[i];
  }
  if (length_a == 0 || length_b == 0) return length_a == length_b ? 1 : 0;
  return product / std::sqrt(length_a * length_b);
}

}  // namespace mote
