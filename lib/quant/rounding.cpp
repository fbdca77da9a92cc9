#include "lib/quant/rounding.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace mote {
namespace {

constexpr double largest_multiplier = 2147483647.0;
// Outputs are dense around their zero point: half as many fall on a level that is this far away.
constexpr double half_density = 32.0;

// Where the nearest level reaches `level`: the first accumulator there, and how much it matters.
struct Change {
  double level = 0.0, accumulator = 0.0, weight = 0.0;
};

std::vector<Change> changes_of(const RoundingTask& task) {
  std::vector<Change> changes;
  for (std::int32_t level = task.lowest + 1; level <= task.highest; ++level) {
    const double distance = level - 0.5 - task.zero_point;
    changes.push_back({.level = static_cast<double>(level),
                       .accumulator = std::ceil(distance / task.factor),
                       .weight = 1.0 / (1.0 + distance * distance / (half_density * half_density))});
  }
  // The weightiest first: a bad pair is then given up early.
  std::ranges::sort(changes, std::greater{}, &Change::weight);
  return changes;
}

// Accumulators that get another level, weighted; at least `enough` as soon as it is known to be that much.
double cost_of(const Rounding& rounding, const RoundingTask& task, const std::vector<Change>& changes, double enough) {
  const double unit = std::ldexp(static_cast<double>(rounding.multiplier), static_cast<int>(task.accumulator_shift) - 32);
  double cost = 0.0;
  for (const Change& change : changes) {
    const double here = std::ceil(change.level / unit) - static_cast<double>(rounding.offset);
    cost += change.weight * std::abs(here - change.accumulator);
    if (cost >= enough) break;
  }
  return cost;
}

}  // namespace

Rounding choose_rounding(const RoundingTask& task) {
  const double exact = (task.zero_point + 0.5) / task.factor;
  Rounding best{.offset = static_cast<std::int64_t>(std::nearbyint(exact)), .multiplier = task.multiplier};
  const std::vector<Change> changes = changes_of(task);
  double lowest_cost = cost_of(best, task, changes, HUGE_VAL);
  constexpr int steps_below = 8, steps_above = 32;
  constexpr double levels_per_step = 4.0;
  for (int around = -1; around <= 2; ++around) {
    const double offset = std::floor(exact) + around;
    for (int step = -steps_below; step <= steps_above; ++step) {
      // The error vanishes where the output is `crossing`.
      const double crossing = task.zero_point + 0.5 + levels_per_step * step;
      const double factor = crossing / (levels_per_step * step / task.factor + offset);
      const double multiplier = std::nearbyint(std::ldexp(factor, 32 - static_cast<int>(task.accumulator_shift)));
      if (!(multiplier >= 1.0 && multiplier <= largest_multiplier)) continue;
      const Rounding candidate{.offset = static_cast<std::int64_t>(offset),
                               .multiplier = static_cast<std::int32_t>(multiplier)};
      const double cost = cost_of(candidate, task, changes, lowest_cost);
      if (cost >= lowest_cost) continue;
      lowest_cost = cost;
      best = candidate;
    }
  }
  return best;
}

}  // namespace mote
