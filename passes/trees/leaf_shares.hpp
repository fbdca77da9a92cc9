#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "lib/ops/support/score_rule.hpp"
#include "passes/trees/leaf_sums.hpp"

namespace mote {

// Leaves as shares of classes, in the form that TreeShareLabels reads (lib/ops/tree_share_labels.cpp).
// Without starts, leaves say themselves where their rows start.
struct LeafShares {
  std::vector<std::int64_t> starts{}, shares{};
};

// Nothing unless every leaf divides one among the classes such that each weight is count / (total * trees), rounded to
// float32, and the first class with the largest sum is the label. Renumbers the leaves of the graph.
[[nodiscard]] std::optional<LeafShares> leaf_shares_of(DecisionGraph& graph, const LeafSums& sums, const ops::ScoreRule& rule);

}  // namespace mote
