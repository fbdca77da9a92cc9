// Labels of two classes from rounded values: their limits against the float32 sums that they stand for.
#include "tree_sum_labels.hpp"

#include <bit>
#include <catch2/catch.hpp>

#include "lib/ops/support/rounded_values.hpp"
#include "lib/support/rng.hpp"

using namespace mote;
using namespace mote::ops;

namespace {

template <bool ByNumber>
struct Geometry {
  static constexpr std::int32_t rows = 1, trees = 10, columns = 1, leaf_bytes = 1, sum_bytes = 4;
  static constexpr bool copies_rows = false, adds_as_integers = true, leaf_is_number = ByNumber, sums_list = !ByNumber;
  static inline std::int32_t above{}, below{}, limit{}, most_number{}, first_check{}, asked{};
  static inline std::vector<std::uint8_t> leaves{};

  // In place of trees: asks as the trees of codegen/kernels/tree_label.hpp do.
  template <class Sink>
  static bool find_leaves(const std::uint8_t*, Sink& sink) {
    for (std::int32_t tree = 0; tree < trees;) {
      sink.add(leaves[static_cast<std::size_t>(tree)], tree);
      ++tree;
      if (tree < trees && tree >= first_check && sink.ends(tree)) {
        asked = tree;
        return true;
      }
    }
    asked = trees;
    return sink.ends(trees);
  }
};
constexpr std::int64_t tree_count = 10;

Tensor values_of(const std::vector<float>& list) {
  Tensor values = Tensor::zeros(DType::f32, *Shape::make({static_cast<std::int64_t>(list.size())}));
  std::ranges::copy(list, values.as<float>().begin());
  return values;
}

std::vector<float> shares_of_ten_trees(Rng& rng, std::int64_t largest_total) {
  std::vector<float> values{0.0F, 0.1F};
  for (int i = 0; i < 10; ++i) {
    const std::int64_t total = rng.integer(1, largest_total);
    values.push_back(static_cast<float>(static_cast<double>(rng.integer(0, total)) / static_cast<double>(total * tree_count)));
  }
  return values;
}

// How often sums were close to the limit, and not, and how often not all trees were asked.
struct Outcomes {
  int close = 0, clear = 0, early = 0;
};

template <bool ByNumber>
void compare_with_float32(const std::vector<float>& values, const std::vector<std::int64_t>& numbers, float limit, Rng& rng, Outcomes& outcomes) {
  using G = Geometry<ByNumber>;
  const RoundedLimits limits = rounded_limits(values_of(values), numbers, tree_count, limit);
  G::above = static_cast<std::int32_t>(limits.above);
  G::below = static_cast<std::int32_t>(limits.below);
  G::limit = std::bit_cast<std::int32_t>(limit);
  G::most_number = static_cast<std::int32_t>(std::ranges::max(numbers));
  std::vector<std::uint16_t> narrow;
  for (const std::int64_t one : numbers) narrow.push_back(static_cast<std::uint16_t>(one));
  for (int i = 0; i < 50; ++i) {
    std::int64_t sum_of_numbers = 0, label = -1;
    float sum = 0;
    G::leaves.clear();
    G::first_check = i % 2 == 0 ? G::trees : 1;
    for (std::int64_t tree = 0; tree < tree_count; ++tree) {
      const auto value = static_cast<std::size_t>(rng.integer(0, static_cast<std::int64_t>(values.size()) - 1));
      G::leaves.push_back(static_cast<std::uint8_t>(ByNumber ? numbers[value] : static_cast<std::int64_t>(value)));
      sum += values[value];
      sum_of_numbers += numbers[value];
    }
    const std::uint8_t x = 0;
    std::uint8_t scratch[tree_count];
    mote_kernels::tree_branch_sum_labels(G{}, &x, values.data(), narrow.data(), nullptr, &label, scratch);
    CHECK(label == (sum > limit ? 1 : 0));
    (sum_of_numbers <= limits.above && sum_of_numbers >= limits.below ? outcomes.close : outcomes.clear) += 1;
    outcomes.early += G::asked < G::trees ? 1 : 0;
  }
}

}  // namespace

TEST_CASE("the second class is chosen exactly where the float32 sum is above the limit, however close and however early") {
  Rng rng(9);
  Outcomes by_number, by_position;
  for (int round = 0; round < 300; ++round) {
    std::vector<float> values = shares_of_ten_trees(rng, round % 3 == 0 ? 300 : 1 + round % 4);
    const float limit = round % 7 == 0 ? 0.0F : 0.5F;
    compare_with_float32<false>(values, rounded_values(values, 65535), limit, rng, by_position);
    std::ranges::sort(values);
    values.erase(std::unique(values.begin(), values.end()), values.end());
    compare_with_float32<true>(values, *distinct_numbers(values, 255), limit, rng, by_number);
  }
  for (const Outcomes& outcomes : {by_number, by_position}) {
    CHECK(outcomes.close > 100);
    CHECK(outcomes.clear > 5000);
    CHECK(outcomes.early > 1000);
  }
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

TEST_CASE("the largest value is rounded to the largest number") {
  CHECK(rounded_values(std::vector<float>{0.0F, 0.25F, 0.5F}, 65535) == std::vector<std::int64_t>{0, 32768, 65535});
}

TEST_CASE("ascending values have ascending numbers, near ones pushed apart") {
  CHECK(distinct_numbers(std::vector<float>{0.0F, 0.5F, 1.0F}, 10) == std::vector<std::int64_t>{0, 5, 10});
  CHECK(distinct_numbers(std::vector<float>{0.0F, 0.001F, 0.002F, 0.998F, 0.999F, 1.0F}, 10) == std::vector<std::int64_t>{0, 1, 2, 8, 9, 10});
  CHECK(distinct_numbers(std::vector<float>{0.5F, 0.501F, 0.502F, 1.0F}, 10) == std::vector<std::int64_t>{4, 5, 6, 10});
  CHECK(distinct_numbers(std::vector<float>{0.1F, 0.2F, 0.3F}, 2) == std::vector<std::int64_t>{0, 1, 2});
  CHECK_FALSE(distinct_numbers(std::vector<float>{0.1F, 0.2F, 0.3F, 0.4F}, 2));
}
