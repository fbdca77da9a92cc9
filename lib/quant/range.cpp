#include "lib/quant/range.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>
#include <vector>

#include "lib/quant/grid.hpp"

namespace mote {
namespace {

constexpr std::array methods{RangeMethod::minmax, RangeMethod::percentile, RangeMethod::mse, RangeMethod::kl};
constexpr int candidates = 100;  // shares of the full range that are tried
constexpr double kept_share = 0.99999;

Range full_range(const Histogram& seen) {
  return {.low = std::min(seen.lowest(), 0.0), .high = std::max(seen.highest(), 0.0)};
}

Range shrunk(const Range& full, double share) { return {.low = full.low * share, .high = full.high * share}; }

double squared_error(const Histogram& seen, const Range& range, int bits) {
  const Grid grid = activation_grid(range.low, range.high, bits);
  const auto counts = seen.counts();
  double error = 0.0;
  // Inside a level values are spread evenly: the error of rounding is scale^2 / 12 whatever the position of a bin.
  const double rounding = static_cast<double>(grid.scale) * static_cast<double>(grid.scale) / 12.0;
  for (std::size_t bin = 0; bin < counts.size(); ++bin) {
    if (counts[bin] == 0) continue;
    const double value = std::clamp(seen.center(bin), seen.lowest(), seen.highest());
    const double outside = value < grid.low() ? grid.low() - value : (value > grid.high() ? value - grid.high() : 0.0);
    error += static_cast<double>(counts[bin]) * (outside > 0.0 ? outside * outside : rounding);
  }
  return error;
}

// The bins [first, last] whose centres lie on the grid.
struct Inside {
  std::size_t first = 0, last = 0;
};

std::optional<Inside> bins_inside(const Histogram& seen, const Grid& grid) {
  const double slack = 0.5 * seen.bin_width();
  std::optional<Inside> inside;
  for (std::size_t bin = 0; bin < seen.counts().size(); ++bin) {
    if (seen.center(bin) < grid.low() - slack || seen.center(bin) > grid.high() + slack) continue;
    if (!inside) inside = Inside{.first = bin, .last = bin};
    inside->last = bin;
  }
  return inside;
}

// Kullback-Leibler divergence of the saturated histogram (what lies outside counts in the outermost bins) from what the
// levels make of the unsaturated one: its mass spread evenly over the occupied bins of each level.
double divergence(const Histogram& seen, const Range& range, int bits) {
  constexpr double unseen = 1e-9;  // a bin that only saturation fills
  const Grid grid = activation_grid(range.low, range.high, bits);
  const auto counts = seen.counts();
  const auto inside = bins_inside(seen, grid);
  if (!inside) return std::numeric_limits<double>::infinity();
  const auto levels = static_cast<std::size_t>(grid.highest - grid.lowest) + 1;
  std::vector<double> mass(levels, 0.0), occupied(levels, 0.0);
  std::vector<double> saturated(counts.size(), 0.0);
  const auto level_of = [&](std::size_t bin) {
    return static_cast<std::size_t>(grid.level(seen.center(bin)) - grid.lowest);
  };
  double total = 0.0, kept = 0.0;
  for (std::size_t bin = 0; bin < counts.size(); ++bin) {
    const auto here = static_cast<double>(counts[bin]);
    total += here;
    saturated[std::clamp(bin, inside->first, inside->last)] += here;
    if (here == 0.0 || bin < inside->first || bin > inside->last) continue;
    kept += here;
    mass[level_of(bin)] += here;
    occupied[level_of(bin)] += 1.0;
  }
  double sum = 0.0;
  for (std::size_t bin = inside->first; bin <= inside->last; ++bin) {
    if (saturated[bin] == 0.0) continue;
    const double spread = counts[bin] == 0 ? 0.0 : mass[level_of(bin)] / occupied[level_of(bin)] / kept;
    const double share = saturated[bin] / total;
    sum += share * std::log(share / std::max(spread, unseen));
  }
  return sum;
}

template <class Cost>
Range cheapest(const Histogram& seen, Cost cost) {
  const Range full = full_range(seen);
  Range best = full;
  double least = std::numeric_limits<double>::infinity();
  for (int step = candidates; step >= candidates / 5; --step) {
    const Range range = shrunk(full, static_cast<double>(step) / candidates);
    const double now = cost(range);
    if (now >= least) continue;
    least = now;
    best = range;
  }
  return best;
}

}  // namespace

std::string_view name_of(RangeMethod method) {
  constexpr std::array<std::string_view, 4> names{"minmax", "percentile", "mse", "kl"};
  return names[static_cast<std::size_t>(method)];
}

std::span<const RangeMethod> all_range_methods() { return methods; }

Range choose_range(const Histogram& seen, RangeMethod method, int bits) {
  switch (method) {
    case RangeMethod::percentile:
      return {.low = std::min(seen.quantile(1.0 - kept_share), 0.0), .high = std::max(seen.quantile(kept_share), 0.0)};
    case RangeMethod::mse: return cheapest(seen, [&](const Range& range) { return squared_error(seen, range, bits); });
    case RangeMethod::kl: return cheapest(seen, [&](const Range& range) { return divergence(seen, range, bits); });
    case RangeMethod::minmax: break;
  }
  return full_range(seen);
}

}  // namespace mote
