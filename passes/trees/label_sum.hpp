#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "lib/ops/support/score_rule.hpp"
#include "passes/trees/leaf_sums.hpp"

namespace mote {

// A single sum that decides between two classes, in the form that TreeSumLabels reads (lib/ops/tree_sum_labels.cpp).
struct LabelSum {
  std::vector<float> values{};
  std::vector<std::int64_t> numbers{};
  bool leaf_is_number = false;
  std::int64_t limit = 0;
};

// Nothing unless such a sum decides. The leaves of the graph become numbers of one byte if too few sums stay undecided by
// them to matter; otherwise numbers of two bytes are looked up.
[[nodiscard]] std::optional<LabelSum> label_sum_of(DecisionGraph& graph, const LeafSums& sums, const ops::ScoreRule& rule);

}  // namespace mote
