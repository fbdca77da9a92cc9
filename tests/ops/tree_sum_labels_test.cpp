// Labels of two classes from rounded values: their limits against the float32 sums that they stand for.
#include "tree_sum_labels.hpp"

#include <bit>
#include <catch2/catch.hpp>

#include "lib/ops/support/rounded_values.hpp"
#include "lib/support/rng.hpp"

using namespace mote;
using namespace mote::ops;

namespace {

struct Geometry {
  static constexpr std::int32_t rows = 1, trees = 10, last_leaf = 65535;
  static constexpr bool limits_leaves = false, has_labels = false;
  static inline std::int32_t above{}, below{}, limit{};
};

Tensor values_of(const std::vector<float>& list) {
  Tensor values = Tensor::zeros(DType::f32, *Shape::make({static_cast<std::int64_t>(list.size())}));
  std::ranges::copy(list, values.as<float>().begin());
  return values;
}

std::vector<float> shares_of_ten_trees(Rng& rng, std::int64_t largest_total) {
  std::vector<float> values{0.0F, 0.1F};
  for (int i = 0; i < 10; ++i) {
    const std::int64_t total = rng.integer(1, largest_total);
    values.push_back(static_cast<float>(static_cast<double>(rng.integer(0, total)) / static_cast<double>(total * Geometry::trees)));
  }
  return values;
}

}  // namespace

TEST_CASE("the second class is chosen exactly where the float32 sum is above the limit, however close") {
  Rng rng(9);
  int close = 0, clear = 0;
  for (int round = 0; round < 300; ++round) {
    const std::vector<float> values = shares_of_ten_trees(rng, round % 3 == 0 ? 300 : 1 + round % 4);
    const float limit = round % 7 == 0 ? 0.0F : 0.5F;
    const RoundedLimits limits = rounded_limits(values_of(values), Geometry::trees, limit);
    Geometry::above = static_cast<std::int32_t>(limits.above);
    Geometry::below = static_cast<std::int32_t>(limits.below);
    Geometry::limit = std::bit_cast<std::int32_t>(limit);
    std::vector<std::uint16_t> rounded;
    for (const std::int64_t one : rounded_values(values_of(values))) rounded.push_back(static_cast<std::uint16_t>(one));
    for (int i = 0; i < 50; ++i) {
      std::vector<std::uint8_t> leaves;
      std::int64_t sum_of_rounded = 0, label = -1;
      float sum = 0;
      for (int tree = 0; tree < Geometry::trees; ++tree) {
        leaves.push_back(static_cast<std::uint8_t>(rng.integer(0, static_cast<std::int64_t>(values.size()) - 1)));
        sum += values[leaves.back()];
        sum_of_rounded += rounded[leaves.back()];
      }
      mote_kernels::tree_sum_labels(Geometry{}, leaves.data(), values.data(), rounded.data(), nullptr, &label);
      CHECK(label == (sum > limit ? 1 : 0));
      (sum_of_rounded <= limits.above && sum_of_rounded >= limits.below ? close : clear) += 1;
    }
  }
  CHECK(close > 100);
  CHECK(clear > 5000);
}

TEST_CASE("only values that integers add as float32 does are rounded") {
  CHECK(can_be_rounded(values_of({0.0F, 0.25F}), 10));
  CHECK_FALSE(can_be_rounded(values_of({0.0F, 0.0F}), 10));
  CHECK_FALSE(can_be_rounded(values_of({-0.0F, 0.25F}), 10));
  CHECK_FALSE(can_be_rounded(values_of({-0.25F, 0.25F}), 10));
  CHECK_FALSE(can_be_rounded(values_of({1e-40F, 0.25F}), 10));
  CHECK_FALSE(can_be_rounded(values_of({3e38F, 0.25F}), 10));
  CHECK_FALSE(can_be_rounded(values_of({0.25F}), most_rounded_trees + 1));
}

TEST_CASE("the largest value is rounded to all of 16 bits") {
  CHECK(rounded_values(values_of({0.0F, 0.25F, 0.5F})) == std::vector<std::int64_t>{0, 32768, 65535});
}
