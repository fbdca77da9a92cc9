#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "lib/ir/tensor.hpp"

namespace mote::ops {

// Values of leaves as integers: what codegen/kernels/tree_sum_labels.hpp adds.
// Values are +0 or normal, at least one is not 0, and sums of them are below 2^127.
[[nodiscard]] bool can_be_rounded(const Tensor& values, std::int64_t trees);

// To nearest, the largest value as `largest`.
[[nodiscard]] std::vector<std::int64_t> rounded_values(std::span<const float> values, std::int64_t largest);
// Ascending values as ascending numbers up to `largest`, each as near as the others let it; nothing if they are too many.
[[nodiscard]] std::optional<std::vector<std::int64_t>> distinct_numbers(std::span<const float> values, std::int64_t largest);

inline constexpr std::int64_t most_rounded_trees = 4095;

// What decides by numbers: with a sum above `above` the sum of float32 is above the limit, with one below `below` it is
// not. Between them lies what rounding can amount to: for each tree what a number is off at most; in float32 2^-24 of the
// sum for each addition, to which one more adds the second order for trees below 4096.
struct RoundedLimits {
  std::int64_t above = 0, below = 0;
};
[[nodiscard]] RoundedLimits rounded_limits(const Tensor& values, std::span<const std::int64_t> numbers, std::int64_t trees, float limit);

}  // namespace mote::ops
