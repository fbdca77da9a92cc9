#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <span>

namespace mote {

// A measured number and its 95 % confidence interval, where there is one.
struct Estimate {
  double value = 0;
  std::optional<double> low{}, high{};
};

// A share of successes, with Wilson's score interval (Wilson 1927): right also near 0 and 1.
[[nodiscard]] Estimate share(std::int64_t successes, std::int64_t trials);

// How often each sample counts: 1 in the measurement itself, its multiplicity in a resample.
using Multiplicities = std::span<const std::uint32_t>;
// Nothing where the statistic is undefined (a class missing from a resample).
using Statistic = std::function<std::optional<double>(Multiplicities)>;

// The statistic of all samples, and the 2.5 % and 97.5 % percentiles over resamples with replacement (Efron 1979). The
// same on every machine. At most 1000 resamples, fewer for large sets so that at most 2e7 samples are drawn, at least
// 200; no interval when more than a tenth of the resamples are undefined.
[[nodiscard]] std::optional<Estimate> bootstrap(std::size_t samples, const Statistic& statistic);

}  // namespace mote
