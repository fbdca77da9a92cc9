#include "lib/quant/weight_scale.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace mote {
namespace {

constexpr double level_tolerance = 1e-4;  // of a level; single-precision scaling twice costs 3e-5 at level 127
constexpr int scale_steps = 100, least_scale_step = 40;

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

bool lie_on_levels(std::span<const double> weights, double largest_level) {
  if (magnitude(weights) == 0.0) return true;
  const auto scale = exact_weight_scale(weights);
  return scale && std::ranges::all_of(weights, [&](double weight) {
           const double level = std::round(weight / *scale);
           return level >= -largest_level - 1.0 && level <= largest_level;
         });
}

double nearest_weight_level(double weight, double scale, double largest_level) {
  return std::clamp(std::nearbyint(weight / scale), -largest_level, largest_level) + 0.0;  // no zero with a sign
}

double full_range_scale(std::span<const double> weights, double largest_level) {
  return magnitude(weights) / largest_level;
}

double searched_scale(std::span<const double> weights, std::span<const double> importance, double largest_level) {
  const double full = full_range_scale(weights, largest_level);
  double best = full, least = std::numeric_limits<double>::infinity();
  for (int step = scale_steps; full > 0.0 && step >= least_scale_step; --step) {
    const double scale = full * step / scale_steps;
    double error = 0.0;
    for (std::size_t k = 0; k < weights.size(); ++k) {
      const double off = weights[k] - scale * nearest_weight_level(weights[k], scale, largest_level);
      error += importance[k] * off * off;
    }
    if (error >= least) continue;
    least = error;
    best = scale;
  }
  return static_cast<double>(static_cast<float>(best));
}

void round_to_levels(std::span<float> weights, std::size_t channels, double largest_level) {
  for (std::size_t channel = 0; channel < channels; ++channel) {
    std::vector<double> own;
    for (std::size_t i = channel; i < weights.size(); i += channels) own.push_back(static_cast<double>(weights[i]));
    if (lie_on_levels(own, largest_level)) continue;
    const double scale = searched_scale(own, std::vector<double>(own.size(), 1.0), largest_level);
    for (std::size_t k = 0; k < own.size(); ++k)
      weights[k * channels + channel] = static_cast<float>(scale * nearest_weight_level(own[k], scale, largest_level));
  }
}

}  // namespace mote
