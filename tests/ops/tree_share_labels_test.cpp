// Labels from shares of classes: rounded sums and their guard against the float32 sums that they stand for.
#include "tree_share_labels.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

#include "lib/ops/support/tree_shares.hpp"
#include "lib/support/rng.hpp"

using namespace mote;
using namespace mote::ops;

namespace {

constexpr std::int32_t tree_count = 10, class_count = 4;

struct Geometry {
  static constexpr std::int32_t rows = 1, trees = tree_count, classes = class_count, sum_bytes = 4, columns = 1, leaf_bytes = 2;
  static constexpr bool copies_rows = false;
  static inline std::int32_t guard{}, first_check{};
  static inline std::vector<std::uint16_t> leaves{};

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
  static inline std::int32_t asked{};
};

// Rows behind those of one class each, as the kernel reads them and as counts.
struct Forest {
  std::vector<std::int64_t> starts{}, shares{};
  std::vector<ShareRow> rows{};
};

Forest forest_with(Rng& rng, std::int64_t largest_total) {
  Forest forest;
  for (std::int64_t target = 0; target < class_count; ++target) forest.rows.push_back({.total = 1, .counts = {{target, 1}}});
  for (int i = 0; i < 20; ++i) {
    const std::int64_t total = rng.integer(2, largest_total), first = rng.integer(0, class_count - 2), count = rng.integer(1, total - 1);
    const std::vector<ClassCount> counts{{first, count}, {rng.integer(first + 1, class_count - 1), total - count}};
    forest.starts.push_back(static_cast<std::int64_t>(forest.shares.size()));
    append_share_row(forest.shares, total, counts);
    forest.rows.push_back({.total = total, .counts = counts});
  }
  return forest;
}

std::vector<std::uint16_t> narrowed(const std::vector<std::int64_t>& list) {
  std::vector<std::uint16_t> narrow;
  for (const std::int64_t one : list) narrow.push_back(static_cast<std::uint16_t>(one));
  return narrow;
}

std::vector<float> float_sums(const Forest& forest, const std::vector<std::uint16_t>& leaves) {
  std::vector<float> sums(class_count, 0.0F);
  for (const std::uint16_t leaf : leaves)
    for (const ClassCount& one : forest.rows[leaf].counts)
      sums[static_cast<std::size_t>(one.target)] +=
          static_cast<float>(static_cast<double>(one.count) / static_cast<double>(forest.rows[leaf].total * tree_count));
  return sums;
}

// The largest by how much it is ahead.
float lead_of(std::vector<float> sums) {
  std::ranges::sort(sums);
  return sums.back() - sums[sums.size() - 2];
}

}  // namespace

TEST_CASE("a row of shares gives back every count of every total") {
  for (std::int64_t total = 2; total <= most_share_total; total += total < 200 ? 1 : 97)
    for (std::int64_t count = 1; count < total; ++count) {
      std::vector<std::int64_t> shares;
      append_share_row(shares, total, {{3, count}, {7, total - count}});
      const ShareRow row = share_row(shares, 0);
      const bool same = row.total == total && row.counts.size() == 2 && row.counts[0].target == 3 && row.counts[1].target == 7 &&
                        row.counts[0].count == count && row.counts[1].count == total - count;
      if (!same || *std::ranges::max_element(shares) > 65535) FAIL(count << " of " << total);
    }
  SUCCEED();
}

TEST_CASE("a row of shares that goes beyond the end has no counts") {
  std::vector<std::int64_t> shares;
  append_share_row(shares, 5, {{0, 2}, {1, 3}});
  shares.pop_back();
  CHECK(share_row(shares, 0).counts.empty());
  CHECK(share_row(shares, 2).counts.empty());
}

TEST_CASE("the class of shares is the first with the largest sum in float32, however close the others are") {
  Rng rng(5);
  int close = 0, clear = 0, early = 0;
  for (int round = 0; round < 300; ++round) {
    const Forest forest = forest_with(rng, round % 3 == 0 ? most_share_total : 2 + round % 5);
    const auto starts = narrowed(forest.starts), shares = narrowed(forest.shares);
    const std::int64_t guard = share_guard(tree_count, forest.shares);
    Geometry::guard = static_cast<std::int32_t>(guard);
    for (int i = 0; i < 50; ++i) {
      std::vector<std::uint16_t> leaves;
      for (int tree = 0; tree < tree_count; ++tree) leaves.push_back(static_cast<std::uint16_t>(rng.integer(0, class_count + 19)));
      const std::vector<float> sums = float_sums(forest, leaves);
      std::int64_t label = -1;
      const std::uint8_t x = 0;
      std::uint16_t scratch[tree_count];
      Geometry::leaves = leaves;
      Geometry::first_check = i % 2 == 0 ? tree_count : 1;
      mote_kernels::tree_branch_share_labels(Geometry{}, &x, shares.data(), starts.data(), nullptr, &label,
                                             reinterpret_cast<std::uint8_t*>(scratch));
      CHECK(label == std::ranges::max_element(sums) - sums.begin());
      early += Geometry::asked < tree_count ? 1 : 0;
      // Leaves that say themselves where their rows start.
      for (std::uint16_t& leaf : Geometry::leaves)
        if (leaf >= class_count) leaf = static_cast<std::uint16_t>(class_count + starts[static_cast<std::size_t>(leaf - class_count)]);
      mote_kernels::tree_branch_share_labels(Geometry{}, &x, shares.data(), nullptr, nullptr, &label,
                                             reinterpret_cast<std::uint8_t*>(scratch));
      CHECK(label == std::ranges::max_element(sums) - sums.begin());
      (lead_of(sums) * tree_count * whole_share <= static_cast<float>(guard) ? close : clear) += 1;
    }
  }
  CHECK(close > 100);
  CHECK(clear > 5000);
  CHECK(early > 1000);
}
