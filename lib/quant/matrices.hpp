#pragma once
#include <Eigen/Core>
#include <span>

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

}  // namespace mote
