#include "lib/quant/input_removal.hpp"

#include <algorithm>
#include <cmath>

#include <Eigen/Cholesky>

#include "lib/quant/matrices.hpp"

namespace mote {
namespace {

using Eigen::Index;

constexpr double ridge = 1e-3;  // in units of the mean variance of the inputs

Eigen::Map<const WideMatrix> wide_view(const std::vector<double>& values, std::size_t columns) {
  return {values.data(), static_cast<Index>(values.size() / columns), static_cast<Index>(columns)};
}
Eigen::Map<WideMatrix> wide_view(std::vector<double>& values, std::size_t columns) {
  return {values.data(), static_cast<Index>(values.size() / columns), static_cast<Index>(columns)};
}

WideMatrix rows_of(const std::vector<double>& values, std::size_t columns, std::span<const std::size_t> chosen) {
  WideMatrix rows(std::ssize(chosen), static_cast<Index>(columns));
  const auto all = wide_view(values, columns);
  for (std::size_t i = 0; i < chosen.size(); ++i)
    rows.row(static_cast<Index>(i)) = all.row(static_cast<Index>(chosen[i]));
  return rows;
}

// Of a set's own part of the inverse.
Eigen::LLT<WideMatrix> factor_of(const std::vector<double>& inverse, std::size_t inputs,
                                 std::span<const std::size_t> set) {
  WideMatrix own(std::ssize(set), std::ssize(set));
  for (std::size_t i = 0; i < set.size(); ++i)
    for (std::size_t j = 0; j < set.size(); ++j)
      own(static_cast<Index>(i), static_cast<Index>(j)) = inverse[set[i] * inputs + set[j]];
  return Eigen::LLT<WideMatrix>(own);
}

// The sum over rows of the squared distance from the mean, by column.
Eigen::VectorXd summed_squares(const Eigen::Map<const Matrix>& x) {
  const auto wide = x.cast<double>();
  const Eigen::RowVectorXd mean = wide.colwise().mean();
  return (wide.rowwise() - mean).colwise().squaredNorm().transpose();
}

}  // namespace

InputRemoval::InputRemoval(const ProductRows& rows, const ProductParameters& parameters)
    : inputs_(rows.inputs),
      outputs_(rows.outputs),
      own_(parameters),
      weights_(parameters.weights.begin(), parameters.weights.end()) {
  const auto x = matrix_view(rows.exact, inputs_);
  const auto weights = wide_view(weights_, outputs_);
  const Eigen::RowVectorXd means = x.cast<double>().colwise().mean();
  means_.assign(means.data(), means.data() + means.size());
  if (is_diagonal()) {
    const Eigen::VectorXd squares = summed_squares(x);
    const Eigen::VectorXd inverse = squares.array().max(1e-30).inverse();
    inverse_.assign(inverse.data(), inverse.data() + inverse.size());
    variance_ = weights.rowwise().squaredNorm().dot(squares);
    return;
  }
  WideMatrix moments = summed_products(x, x, true);
  const double mean = moments.diagonal().mean();
  const double variance = (weights.transpose() * moments * weights).trace();
  const auto is_usable = [](double value) { return std::isnormal(value) && value > 0.0; };
  if (!is_usable(mean) || !is_usable(variance)) return;
  variance_ = variance;
  moments.diagonal().array() += ridge * mean;
  inverse_.resize(inputs_ * inputs_);
  wide_view(inverse_, inputs_) =
      Eigen::LLT<WideMatrix>(moments).solve(WideMatrix::Identity(moments.rows(), moments.cols()));
}

double InputRemoval::loss(std::span<const std::size_t> set) const {
  if (variance_ == 0.0) return 0.0;
  WideMatrix left = rows_of(weights_, outputs_, set);
  if (!is_diagonal()) {
    factor_of(inverse_, inputs_, set).matrixL().solveInPlace(left);
  } else {
    for (std::size_t i = 0; i < set.size(); ++i) left.row(static_cast<Index>(i)) /= std::sqrt(inverse_[set[i]]);
  }
  return left.squaredNorm() / variance_;
}

void InputRemoval::remove(std::span<const std::size_t> set) {
  if (variance_ == 0.0) return;
  auto weights = wide_view(weights_, outputs_);
  if (!is_diagonal()) {
    const WideMatrix inverse_rows = rows_of(inverse_, inputs_, set);
    // H^-1 is symmetric: the transpose of this is (H^-1)_:g ((H^-1)_gg)^-1.
    const WideMatrix share = factor_of(inverse_, inputs_, set).solve(inverse_rows);
    auto inverse = wide_view(inverse_, inputs_);
    weights -= share.transpose() * rows_of(weights_, outputs_, set);
    inverse -= inverse_rows.transpose() * share;
    for (const std::size_t input : set) {  // but for rounding they are 0 already
      inverse.row(static_cast<Index>(input)).setZero();
      inverse.col(static_cast<Index>(input)).setZero();
    }
  }
  for (const std::size_t input : set) weights.row(static_cast<Index>(input)).setZero();
}

ProductParameters InputRemoval::parameters() const {
  ProductParameters result = own_;
  std::ranges::transform(weights_, result.weights.begin(), [](double weight) { return static_cast<float>(weight); });
  for (std::size_t k = 0; k < inputs_; ++k)
    for (std::size_t c = 0; c < outputs_; ++c) {
      const double gone = static_cast<double>(own_.weights[k * outputs_ + c]) - weights_[k * outputs_ + c];
      result.bias[c] += static_cast<float>(means_[k] * gone);  // H is about the means; these move the bias
    }
  return result;
}

}  // namespace mote
