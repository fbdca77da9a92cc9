#include "lib/quant/linear_map.hpp"

#include <Eigen/Cholesky>

#include "lib/quant/matrices.hpp"
#include "lib/support/check.hpp"

namespace mote {
namespace {

using Eigen::Index;

constexpr double ridge = 1e-3;  // in units of the mean variance of the inputs
// Of the mean square: floats that should be equal differ by less than a millionth.
constexpr double variance_by_rounding = 1e-12;

Eigen::Map<WideMatrix> view(std::vector<double>& values, std::size_t columns) {
  return {values.data(), static_cast<Index>(values.size() / columns), static_cast<Index>(columns)};
}
Eigen::Map<const WideMatrix> view(const std::vector<double>& values, std::size_t columns) {
  return {values.data(), static_cast<Index>(values.size() / columns), static_cast<Index>(columns)};
}

Eigen::RowVectorXd row_of(const std::vector<float>& values) {
  return matrix_view(values, values.size()).row(0).cast<double>();
}

}  // namespace

LinearFit::LinearFit(std::size_t inputs, std::size_t outputs)
    : inputs_(inputs),
      outputs_(outputs),
      moments_((inputs + 1) * (inputs + 1)),
      crossed_((inputs + 1) * outputs),
      squares_(outputs) {}

void LinearFit::add(std::span<const float> x, std::span<const float> y) {
  MOTE_CHECK(x.size() >= inputs_ && x.size() / inputs_ == y.size() / outputs_);
  if (first_x_.empty()) {
    first_x_.assign(x.begin(), x.begin() + static_cast<std::ptrdiff_t>(inputs_));
    first_y_.assign(y.begin(), y.begin() + static_cast<std::ptrdiff_t>(outputs_));
  }
  const Matrix given = matrix_view(x, inputs_).rowwise() - matrix_view(first_x_, inputs_).row(0);
  const Matrix wanted = matrix_view(y, outputs_).rowwise() - matrix_view(first_y_, outputs_).row(0);
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
  const Eigen::RowVectorXd bias =
      row_of(first_y_) + crossed.row(inputs) / rows_ - (row_of(first_x_) + sums / rows_) * weights;
  const Matrix single = weights.cast<float>();
  return {.weights = {single.data(), single.data() + single.size()}, .bias = {bias.begin(), bias.end()}};
}

double LinearFit::variance() const {
  if (first_y_.empty()) return 0.0;
  const Eigen::RowVectorXd means = view(crossed_, outputs_).row(static_cast<Index>(inputs_)) / rows_;
  const double about_first = view(squares_, outputs_).sum() / rows_;
  const double variance = about_first - means.squaredNorm();
  if (variance <= variance_by_rounding * (row_of(first_y_) + means).squaredNorm()) return 0.0;
  return variance / static_cast<double>(outputs_);
}

}  // namespace mote
