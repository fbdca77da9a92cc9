#include "lib/quant/weight_scale.hpp"

#include <algorithm>
#include <cmath>

namespace mote {
namespace {

constexpr double level_tolerance = 1e-4;  // of a level; single-precision scaling twice costs 3e-5 at level 127

bool all_on_levels(std::span<const double> weights, double scale) {
  return std::ranges::all_of(weights, [&](double weight) {
    const double level = weight / scale;
    return std::abs(level - std::round(level)) <= level_tolerance && std::round(level) <= largest_weight_level;
  });
}

double magnitude(std::span<const double> weights) {
  double largest = 0.0;
  for (const double weight : weights) largest = std::max(largest, std::abs(weight));
  return largest;
}

}  // namespace

std::optional<double> exact_weight_scale(std::span<const double> weights) {
  const double largest = magnitude(weights);
  if (largest == 0.0) return std::nullopt;
  for (int level = 1; level <= 128; ++level)
    if (all_on_levels(weights, largest / level)) return largest / level;
  return std::nullopt;
}

double full_range_scale(std::span<const double> weights) { return magnitude(weights) / largest_weight_level; }

}  // namespace mote
