#pragma once
#include <algorithm>
#include <span>

#include <Eigen/Core>

// Rows and columns over plain arrays, for the linear algebra of this folder alone: Eigen is not part of its interface.
namespace mote {

using Matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using WideMatrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

// Eigen sums in blocks that suit the caches of the machine; blocks of one size make results the same on all.
inline const bool has_fixed_blocks = [] {
  Eigen::setCpuCacheSizes(32 << 10, 256 << 10, 2 << 20);
  return true;
}();

// [rows][columns], row-major.
[[nodiscard]] inline Eigen::Map<const Matrix> matrix_view(std::span<const float> values, std::size_t columns) {
  return {values.data(), static_cast<Eigen::Index>(values.size() / columns), static_cast<Eigen::Index>(columns)};
}

// The sum over rows of a_i b_j less what the means explain, if they are taken care of elsewhere.
template <class A, class B>
[[nodiscard]] WideMatrix summed_products(const A& a, const B& b, bool without_means) {
  constexpr Eigen::Index rows_at_once = 512;  // summed in single precision
  WideMatrix sum = WideMatrix::Zero(a.cols(), b.cols());
  for (Eigen::Index row = 0; row < a.rows(); row += rows_at_once) {
    const Eigen::Index count = std::min(rows_at_once, a.rows() - row);
    const Matrix part = a.middleRows(row, count).transpose() * b.middleRows(row, count);
    sum += part.template cast<double>();
  }
  if (!without_means) return sum;
  const Eigen::RowVectorXd mean_a = a.template cast<double>().colwise().mean();
  const Eigen::RowVectorXd mean_b = b.template cast<double>().colwise().mean();
  sum.noalias() -= static_cast<double>(a.rows()) * mean_a.transpose() * mean_b;
  return sum;
}

}  // namespace mote
