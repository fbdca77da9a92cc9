#include "lib/quant/input_removal.hpp"

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
Eigen::LLT<WideMatrix> factor_of(const WideMatrix& inverse_rows, std::span<const std::size_t> set) {
  WideMatrix own(std::ssize(set), std::ssize(set));
  for (std::size_t i = 0; i < set.size(); ++i)
    own.col(static_cast<Index>(i)) = inverse_rows.col(static_cast<Index>(set[i]));
  return Eigen::LLT<WideMatrix>(own);
}

}  // namespace

InputRemoval::InputRemoval(const ProductRows& rows, const ProductParameters& parameters)
    : inputs_(rows.inputs), outputs_(rows.outputs) {
  const auto x = matrix_view(rows.exact, inputs_);
  WideMatrix moments = summed_products(x, x, true);
  const double mean = moments.diagonal().mean();
  const WideMatrix weights = matrix_view(parameters.weights, outputs_).cast<double>();
  const double variance = (weights.transpose() * moments * weights).trace();
  if (!std::isnormal(mean) || !std::isnormal(variance)) return;
  variance_ = variance;
  moments.diagonal().array() += ridge * mean;
  inverse_.resize(inputs_ * inputs_);
  wide_view(inverse_, inputs_) =
      Eigen::LLT<WideMatrix>(moments).solve(WideMatrix::Identity(moments.rows(), moments.cols()));
  weights_.assign(weights.data(), weights.data() + weights.size());
}

double InputRemoval::loss(std::span<const std::size_t> set) const {
  if (variance_ == 0.0) return 0.0;
  const WideMatrix own_weights = rows_of(weights_, outputs_, set);
  const auto factor = factor_of(rows_of(inverse_, inputs_, set), set);
  return factor.matrixL().solve(own_weights).squaredNorm() / variance_;
}

void InputRemoval::remove(std::span<const std::size_t> set) {
  if (variance_ == 0.0) return;
  const WideMatrix inverse_rows = rows_of(inverse_, inputs_, set);
  const auto factor = factor_of(inverse_rows, set);
  const WideMatrix share = factor.solve(inverse_rows);  // symmetric: its transpose is (H^-1)_:g ((H^-1)_gg)^-1
  auto inverse = wide_view(inverse_, inputs_);
  auto weights = wide_view(weights_, outputs_);
  weights -= share.transpose() * rows_of(weights_, outputs_, set);
  inverse -= inverse_rows.transpose() * share;
  for (const std::size_t input : set) {  // but for rounding they are 0 already
    const auto at = static_cast<Index>(input);
    inverse.row(at).setZero();
    inverse.col(at).setZero();
    weights.row(at).setZero();
  }
}

}  // namespace mote
