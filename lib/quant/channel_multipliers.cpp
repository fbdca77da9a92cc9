#include "lib/quant/channel_multipliers.hpp"

#include <algorithm>
#include <cmath>

namespace mote {

namespace {

constexpr int highest_shift = 30;

}  // namespace

double ChannelMultipliers::factor(std::size_t channel) const {
  return std::ldexp(static_cast<double>(multiplier[channel]), static_cast<int>(accumulator_shift) - 32);
}

std::optional<ChannelMultipliers> channel_multipliers(std::span<const double> factors) {
  ChannelMultipliers result;
  const double largest = factors.empty() ? 0.0 : *std::ranges::max_element(factors);
  if (!std::isfinite(largest)) return std::nullopt;
  const auto as_multiplier = [&](double factor) {
    return std::nearbyint(std::ldexp(factor, 32 - static_cast<int>(result.accumulator_shift)));
  };
  while (as_multiplier(largest) > 2147483647.0)
    if (++result.accumulator_shift > highest_shift) return std::nullopt;
  for (const double factor : factors) result.multiplier.push_back(static_cast<std::int32_t>(as_multiplier(factor)));
  return result;
}

}  // namespace mote
