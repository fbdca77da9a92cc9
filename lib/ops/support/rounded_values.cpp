#include "lib/ops/support/rounded_values.hpp"

#include <algorithm>
#include <cmath>

namespace mote::ops {
bool can_be_rounded(const Tensor& values, std::int64_t trees) {
  float largest = 0;
  for (const float value : values.as<float>()) {
    if (std::signbit(value) || !std::isfinite(value) || (value != 0.0F && !std::isnormal(value))) return false;
    largest = std::max(largest, value);
  }
  return largest > 0.0F && trees <= most_rounded_trees && static_cast<double>(largest) * static_cast<double>(trees) < 1e38;
}

std::vector<std::int64_t> rounded_values(std::span<const float> values, std::int64_t largest) {
  const double units = static_cast<double>(largest) / static_cast<double>(std::ranges::max(values));
  std::vector<std::int64_t> rounded;
  for (const float value : values) rounded.push_back(std::llround(static_cast<double>(value) * units));
  return rounded;
}

std::optional<std::vector<std::int64_t>> distinct_numbers(std::span<const float> values, std::int64_t largest) {
  const auto count = static_cast<std::int64_t>(values.size());
  if (count > largest + 1) return std::nullopt;
  const std::vector<std::int64_t> rounded = rounded_values(values, largest);
  // Pushed upwards from below, and downwards from above; the middle of two ascending lists ascends, too.
  std::vector<std::int64_t> up = rounded, down = rounded;
  for (std::int64_t i = 0, next = 0; i < count; ++i) {
    const auto at = static_cast<std::size_t>(i);
    next = std::max(rounded[at], next);
    up[at] = std::min(next++, largest - (count - 1 - i));
  }
  for (std::int64_t i = count - 1, next = largest; i >= 0; --i) {
    const auto at = static_cast<std::size_t>(i);
    next = std::min(rounded[at], next);
    down[at] = std::max(next--, i);
  }
  std::vector<std::int64_t> numbers;
  for (std::size_t i = 0; i < values.size(); ++i) numbers.push_back((up[i] + down[i]) / 2);
  return numbers;
}

RoundedLimits rounded_limits(const Tensor& values, std::span<const std::int64_t> numbers, std::int64_t trees, float limit) {
  const auto all = values.as<float>();
  const auto count = static_cast<double>(trees), largest = static_cast<double>(std::ranges::max(numbers));
  const double units = largest / static_cast<double>(std::ranges::max(all));
  double off_each = 0;
  for (std::size_t i = 0; i < all.size(); ++i)
    off_each = std::max(off_each, std::abs(static_cast<double>(numbers[i]) - static_cast<double>(all[i]) * units));
  const double largest_sum = (largest + off_each) * count;
  const double middle = std::min(static_cast<double>(limit) * units, 2 * largest_sum);
  const double off = off_each * count + std::ldexp(largest_sum, -24) * (count + 1) + 1;
  // No sum is above the largest number for each tree, so that limits need no more bits than sums.
  const double top = largest * count;
  return {.above = static_cast<std::int64_t>(std::min(top, std::ceil(middle + off))),
          .below = static_cast<std::int64_t>(std::clamp(std::floor(middle - off), 0.0, top))};
}

}  // namespace mote::ops
