#pragma once
#include <cstdint>
#include <vector>

#include "lib/ir/tensor.hpp"

namespace mote::ops {

// Values of leaves as integers of 16 bits, the largest as 65535: what codegen/kernels/tree_sum_labels.hpp adds.
// Values are +0 or normal, at least one is not 0, and sums of them are below 2^127.
[[nodiscard]] bool can_be_rounded(const Tensor& values, std::int64_t trees);
[[nodiscard]] std::vector<std::int64_t> rounded_values(const Tensor& values);

inline constexpr std::int64_t most_rounded_trees = 4095;

// What decides by rounded values: with a sum above `above` the sum of float32 is above the limit, with one below `below`
// it is not. Between them lies what rounding can amount to: 1/2 for each rounded value; in float32 2^-24 of the sum for
// each addition, to which one more adds the second order for trees below 4096.
struct RoundedLimits {
  std::int64_t above = 0, below = 0;
};
[[nodiscard]] RoundedLimits rounded_limits(const Tensor& values, std::int64_t trees, float limit);

}  // namespace mote::ops
