#include "lib/ops/support/rounded_values.hpp"

#include <algorithm>
#include <cmath>

namespace mote::ops {
namespace {

constexpr double largest_rounded = 65535;

// Rounded units of one.
double units_of(const Tensor& values) {
  const auto all = values.as<float>();
  return largest_rounded / static_cast<double>(*std::ranges::max_element(all));
}

}  // namespace

bool can_be_rounded(const Tensor& values, std::int64_t trees) {
  float largest = 0;
  for (const float value : values.as<float>()) {
    if (std::signbit(value) || !std::isfinite(value) || (value != 0.0F && !std::isnormal(value))) return false;
    largest = std::max(largest, value);
  }
  return largest > 0.0F && trees <= most_rounded_trees && static_cast<double>(largest) * static_cast<double>(trees) < 1e38;
}

std::vector<std::int64_t> rounded_values(const Tensor& values) {
  const double units = units_of(values);
  std::vector<std::int64_t> rounded;
  for (const float value : values.as<float>()) rounded.push_back(std::llround(static_cast<double>(value) * units));
  return rounded;
}

RoundedLimits rounded_limits(const Tensor& values, std::int64_t trees, float limit) {
  const auto count = static_cast<double>(trees);
  const double largest_sum = largest_rounded * count;
  const double middle = std::min(static_cast<double>(limit) * units_of(values), 2 * largest_sum);
  const double off = 0.5 * count + std::ldexp(largest_sum, -24) * (count + 1) + 1;
  return {.above = static_cast<std::int64_t>(std::ceil(middle + off)),
          .below = std::max<std::int64_t>(0, static_cast<std::int64_t>(std::floor(middle - off)))};
}

}  // namespace mote::ops
