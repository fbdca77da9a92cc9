#pragma once
#include <span>
#include <string_view>

#include "lib/quant/histogram.hpp"

namespace mote {

// How the range of an activation is chosen from what calibration has seen.
//   minmax      every value seen
//   percentile  all but the outermost 0.001 % (at least: what one bin resolves)
//   mse         the range with the smallest squared error of rounding and saturation, over the histogram
//   kl          the range whose 8-bit histogram diverges least from the one seen (Migacz, TensorRT 2017)
enum class RangeMethod : unsigned char { minmax, percentile, mse, kl };
[[nodiscard]] std::string_view name_of(RangeMethod method);
[[nodiscard]] std::span<const RangeMethod> all_range_methods();

struct Range {
  double low = 0.0, high = 0.0;
};
// Of a histogram with at least one value; 0 always lies inside.
[[nodiscard]] Range choose_range(const Histogram& seen, RangeMethod method, int bits);

}  // namespace mote
