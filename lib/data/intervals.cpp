#include "lib/data/intervals.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "lib/support/rng.hpp"

namespace mote {

Estimate share(std::int64_t successes, std::int64_t trials) {
  if (trials == 0) return {};
  constexpr double z = 1.959963984540054;  // the 97.5 % quantile of the normal distribution
  const auto n = static_cast<double>(trials);
  const double p = static_cast<double>(successes) / n;
  const double centre = (p + z * z / (2 * n)) / (1 + z * z / n);
  const double half = z / (1 + z * z / n) * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n));
  // At the ends the bounds are 0 and 1 exactly; the formula would miss them by its rounding.
  return {.value = p, .low = successes == 0 ? 0 : centre - half, .high = successes == trials ? 1 : centre + half};
}

std::optional<Estimate> bootstrap(std::size_t samples, const Statistic& statistic) {
  std::vector<std::uint32_t> counts(samples, 1);
  const std::optional<double> value = statistic(counts);
  if (!value) return std::nullopt;
  Estimate estimate{.value = *value};
  const std::size_t resamples = std::clamp<std::size_t>(20'000'000 / std::max<std::size_t>(samples, 1), 200, 1000);
  Rng rng(1);
  std::vector<double> values;
  for (std::size_t i = 0; i < resamples; ++i) {
    std::fill(counts.begin(), counts.end(), 0);
    for (std::size_t drawn = 0; drawn < samples; ++drawn)
      ++counts[static_cast<std::size_t>(rng.integer(0, static_cast<std::int64_t>(samples) - 1))];
    if (const auto found = statistic(counts)) values.push_back(*found);
  }
  if (values.size() * 10 < resamples * 9) return estimate;
  std::sort(values.begin(), values.end());
  const auto percentile = [&](double share_below) {
    const double place = share_below * static_cast<double>(values.size() - 1);
    const auto below = static_cast<std::size_t>(place);
    const double above = values[std::min(below + 1, values.size() - 1)];
    return values[below] + (place - static_cast<double>(below)) * (above - values[below]);
  };
  estimate.low = percentile(0.025);
  estimate.high = percentile(0.975);
  return estimate;
}

}  // namespace mote
