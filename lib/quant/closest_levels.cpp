#include "lib/quant/closest_levels.hpp"

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>
#include <numeric>

#include "lib/support/check.hpp"

namespace mote {
namespace {

using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

// Depth first from the last position to the first: at each, whole numbers in order of their distance from what the
// numbers behind it ask for. With M = R^T R position i adds (R_ii (c_i' - q_i))^2 to the distance, c_i' being the
// centre moved by the errors behind; a branch ends where the sum exceeds the best found.
class Search {
 public:
  Search(std::span<const double> factor, std::span<const double> centre, std::int32_t lowest, std::int32_t highest)
      : factor_(factor), centre_(centre), lowest_(lowest), highest_(highest), levels_(centre.size()) {}

  // Levels by position, better than `best`, which is replaced.
  void improve(std::vector<std::int32_t>& best, double distance, std::int64_t most_steps) {
    best_ = &best;
    least_ = distance;
    steps_left_ = most_steps;
    visit(centre_.size(), 0.0);
  }

 private:
  void visit(std::size_t above, double distance) {
    if (above == 0) {
      least_ = distance;
      *best_ = levels_;
      return;
    }
    const std::size_t i = above - 1, count = centre_.size();
    const double diagonal = factor_[i * count + i];
    double wanted = centre_[i];
    for (std::size_t j = above; j < count; ++j)
      wanted += factor_[i * count + j] / diagonal * (centre_[j] - levels_[j]);
    // Outwards from what is wanted, the nearer side first; beyond an end of the box only the other side.
    double below = std::floor(std::clamp(wanted, static_cast<double>(lowest_), static_cast<double>(highest_)));
    double over = below + 1.0;
    while (steps_left_ > 0) {
      const bool has_below = below >= lowest_, has_over = over <= highest_;
      if (!has_below && !has_over) return;
      const bool takes_below = has_below && (!has_over || wanted - below <= over - wanted);
      const double level = takes_below ? below-- : over++;
      const double error = diagonal * (wanted - level);
      const double sum = distance + error * error;
      if (!(sum < least_)) return;
      --steps_left_;
      levels_[i] = static_cast<std::int32_t>(level);
      visit(i, sum);
    }
  }

  std::span<const double> factor_, centre_;
  std::int32_t lowest_, highest_;
  std::vector<std::int32_t> levels_;
  std::vector<std::int32_t>* best_ = nullptr;
  double least_ = 0.0;
  std::int64_t steps_left_ = 0;
};

}  // namespace

ClosestLevels::ClosestLevels(std::span<const double> moments, std::size_t count, std::int32_t lowest,
                             std::int32_t highest)
    : count_(count), lowest_(lowest), highest_(highest), moments_(moments.begin(), moments.end()), order_(count) {
  MOTE_CHECK(moments.size() == count * count);
  std::iota(order_.begin(), order_.end(), std::size_t{0});
  std::ranges::stable_sort(order_, {}, [&](std::size_t index) { return moments_[index * count + index]; });
  Matrix ordered(count, count);
  for (std::size_t i = 0; i < count; ++i)
    for (std::size_t j = 0; j < count; ++j)
      ordered(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(j)) = moments_[order_[i] * count + order_[j]];
  const Eigen::LLT<Matrix> cholesky(ordered);
  MOTE_CHECK(cholesky.info() == Eigen::Success);
  const Matrix upper = cholesky.matrixU();
  factor_.assign(upper.data(), upper.data() + upper.size());
}

std::int32_t ClosestLevels::nearest(double value) const {
  return static_cast<std::int32_t>(
      std::clamp(std::nearbyint(value), static_cast<double>(lowest_), static_cast<double>(highest_)));
}

std::vector<double> ClosestLevels::in_order(std::span<const double> values) const {
  std::vector<double> ordered(count_);
  for (std::size_t i = 0; i < count_; ++i) ordered[i] = values[order_[i]];
  return ordered;
}

double ClosestLevels::distance(std::span<const double> centre, const Levels& levels) const {
  std::vector<double> error(count_);
  for (std::size_t i = 0; i < count_; ++i) error[i] = centre[order_[i]] - levels[order_[i]];
  double sum = 0.0;
  for (std::size_t i = 0; i < count_; ++i) {
    double row = 0.0;
    for (std::size_t j = i; j < count_; ++j) row += factor_[i * count_ + j] * error[j];
    sum += row * row;
  }
  return sum;
}

ClosestLevels::Levels ClosestLevels::successive(std::span<const double> centre) const {
  Levels levels(count_);
  std::vector<double> error(count_);  // by position
  for (std::size_t above = count_; above-- > 0;) {
    double carried = 0.0;
    for (std::size_t j = above + 1; j < count_; ++j) carried += factor_[above * count_ + j] * error[j];
    const double own = centre[order_[above]];
    const std::int32_t level = nearest(own + carried / factor_[above * count_ + above]);
    levels[order_[above]] = level;
    error[above] = own - level;
  }
  return levels;
}

void ClosestLevels::descend(std::span<const double> centre, Levels& levels, int sweeps) const {
  std::vector<double> slope(count_, 0.0);  // M (c - q)
  const auto move = [&](std::size_t index, double by) {
    for (std::size_t i = 0; i < count_; ++i) slope[i] += moments_[index * count_ + i] * by;
  };
  for (std::size_t i = 0; i < count_; ++i) move(i, centre[i] - levels[i]);
  for (int sweep = 0; sweep < sweeps; ++sweep) {
    bool moved = false;
    for (std::size_t i = 0; i < count_; ++i) {
      const std::int32_t level = nearest(levels[i] + slope[i] / moments_[i * count_ + i]);
      if (level == levels[i]) continue;
      move(i, static_cast<double>(levels[i]) - level);
      levels[i] = level;
      moved = true;
    }
    if (!moved) return;
  }
}

void ClosestLevels::search(std::span<const double> centre, Levels& levels, std::int64_t most_steps) const {
  const std::vector<double> ordered_centre = in_order(centre);
  Levels ordered(count_);
  for (std::size_t i = 0; i < count_; ++i) ordered[i] = levels[order_[i]];
  Search(factor_, ordered_centre, lowest_, highest_).improve(ordered, distance(centre, levels), most_steps);
  for (std::size_t i = 0; i < count_; ++i) levels[order_[i]] = ordered[i];
}

}  // namespace mote
