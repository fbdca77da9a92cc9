#pragma once
#include <cstddef>
#include <span>
#include <vector>

namespace mote {

// y = x weights + bias, of rows.
struct LinearMap {
  std::vector<float> weights{};  // [inputs][outputs]
  std::vector<float> bias{};     // [outputs]
};

// The linear map that gives some values best from others: least squares with a small ridge, so that inputs which say
// the same share what they say. Rows come in parts and need not stay. Sums are of distances from the first row, so that
// numbers far from 0 that differ little lose nothing of their differences.
class LinearFit {
 public:
  LinearFit(std::size_t inputs, std::size_t outputs);

  // x [rows][inputs], y [rows][outputs].
  void add(std::span<const float> x, std::span<const float> y);
  [[nodiscard]] LinearMap map() const;
  // Of an element of y about the mean of its column, over all of them; 0 where it is within what rounding of floats
  // gives.
  [[nodiscard]] double variance() const;

 private:
  std::size_t inputs_, outputs_;
  double rows_ = 0.0;
  std::vector<float> first_x_{}, first_y_{};
  std::vector<double> moments_{};  // [inputs + 1][inputs + 1] of x less the first row, and 1
  std::vector<double> crossed_{};  // [inputs + 1][outputs] of these with y less its first row
  std::vector<double> squares_{};  // [outputs] of y less its first row
};

}  // namespace mote
