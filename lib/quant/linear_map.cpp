#include "lib/quant/linear_map.hpp"

#include <Eigen/Cholesky>

#include "lib/quant/matrices.hpp"
#include "lib/support/check.hpp"

namespace mote {
namespace {

using Eigen::Index;

constexpr double ridge = 1e-3;  // in units of the mean variance of the inputs

Eigen::Map<WideMatrix> view(std::vector<double>& values, std::size_t columns) {
  return {values.data(), static_cast<Index>(values.size() / columns), static_cast<Index>(columns)};
}
Eigen::Map<const WideMatrix> view(const std::vector<double>& values, std::size_t columns) {
  return {values.data(), static_cast<Index>(values.size() / columns), static_cast<Index>(columns)};
}

}  // namespace

LinearFit::LinearFit(std::size_t inputs, std::size_t outputs)
    : inputs_(inputs),
      outputs_(outputs),
      moments_((inputs + 1) * (inputs + 1)),
      crossed_((inputs + 1) * outputs),
      squares_(outputs) {}

void LinearFit::add(std::span<const float> x, std::span<const float> y) {
  const auto given = matrix_view(x, inputs_), wanted = matrix_view(y, outputs_);
  MOTE_CHECK(given.rows() == wanted.rows());
  Matrix extended(given.rows(), given.cols() + 1);
  extended << given, Matrix::Ones(given.rows(), 1);
  view(moments_, inputs_ + 1) += summed_products(extended, extended, false);
  view(crossed_, outputs_) += summed_products(extended, wanted, false);
  view(squares_, outputs_) += wanted.cast<double>().colwise().squaredNorm();
  rows_ += static_cast<double>(given.rows());
}

LinearMap LinearFit::map() const {
  MOTE_CHECK(rows_ > 0.0);
  const auto inputs = static_cast<Index>(inputs_);
  const auto moments = view(moments_, inputs_ + 1), crossed = view(crossed_, outputs_);
  const Eigen::RowVectorXd sums = moments.row(inputs).head(inputs);
  WideMatrix variances = moments.topLeftCorner(inputs, inputs) - sums.transpose() * sums / rows_;
  const WideMatrix covariances = crossed.topRows(inputs) - sums.transpose() * crossed.row(inputs) / rows_;
  variances.diagonal().array() += std::max(ridge * variances.diagonal().mean(), 1e-30);
  const WideMatrix weights = Eigen::LLT<WideMatrix>(variances).solve(covariances);
  const Eigen::RowVectorXd bias = (crossed.row(inputs) - sums * weights) / rows_;
  const Matrix single = weights.cast<float>();
  return {.weights = {single.data(), single.data() + single.size()}, .bias = {bias.begin(), bias.end()}};
}

double LinearFit::variance() const {
  const auto sums = view(crossed_, outputs_).row(static_cast<Index>(inputs_));
  const double about_0 = view(squares_, outputs_).sum();
  return std::max(0.0, about_0 - sums.squaredNorm() / rows_) / (rows_ * static_cast<double>(outputs_));
}

}  // namespace mote
