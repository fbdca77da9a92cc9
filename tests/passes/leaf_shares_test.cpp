// Which weights of leaves are shares of classes.
#include "passes/trees/leaf_shares.hpp"

#include <catch2/catch.hpp>
#include <cmath>

#include "lib/ops/support/tree_shares.hpp"

using namespace mote;

namespace {

// Two trees without decisions: leaf 1 and leaf 0.
DecisionGraph two_leaves() {
  DecisionGraph graph;
  graph.roots = {{.leaf = true, .at = 1}, {.leaf = true, .at = 0}};
  return graph;
}

// Leaf 0: 1/3 of class 0 and 2/3 of class 2; leaf 1: all of class 1; each by two trees.
LeafSums sums_of_shares() {
  return {.targets = 3,
          .values = {static_cast<float>(1.0 / 6), static_cast<float>(2.0 / 6), 0.5F},
          .starts = {0, 2, 3},
          .entry_targets = {0, 2, 1},
          .never_negative = true};
}

ops::ScoreRule three_classes() { return {.targets = 3, .classifies = true}; }

}  // namespace

TEST_CASE("leaves that divide one among classes become counts, leaves of one class its number") {
  DecisionGraph graph = two_leaves();
  const auto shares = leaf_shares_of(graph, sums_of_shares(), three_classes());
  REQUIRE(shares);
  CHECK(graph.roots[0].at == 1);  // all of class 1
  CHECK(graph.roots[1].at == 3);  // the first row behind three classes
  REQUIRE(shares->starts == std::vector<std::int64_t>{0});
  const ops::ShareRow row = ops::share_row(shares->shares, 0);
  CHECK(row.total == 3);
  REQUIRE(row.counts.size() == 2);
  CHECK(row.counts[0].target == 0);
  CHECK(row.counts[0].count == 1);
  CHECK(row.counts[1].target == 2);
  CHECK(row.counts[1].count == 2);
}

TEST_CASE("weights that are no shares are left to sums in float32, and leaves keep their numbers") {
  DecisionGraph graph = two_leaves();
  LeafSums sums = sums_of_shares();
  ops::ScoreRule rule = three_classes();
  SECTION("one bit off") { sums.values[0] = std::nextafter(sums.values[0], 1.0F); }
  SECTION("shares of less than one") { sums.values[0] = static_cast<float>(0.5 / 6); }
  SECTION("more than one") { sums.values[2] = 1.0F; }
  SECTION("an empty leaf") { sums.starts = {0, 3, 3}; }
  SECTION("nothing but votes") {
    sums.values = {0.5F, 0.5F};
    sums.starts = {0, 1, 2};
    sums.entry_targets = {0, 1};
  }
  SECTION("base values") { rule.base_values = {0.0, 0.5, 0.0}; }
  SECTION("sums that may be negative") { sums.never_negative = false; }
  CHECK_FALSE(leaf_shares_of(graph, sums, rule));
  CHECK(graph.roots[0].at == 1);
  CHECK(graph.roots[1].at == 0);
}
