#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "lib/ops/support/score_rule.hpp"
#include "passes/trees/decision_graph.hpp"

namespace mote {

// What leaves add to the sums of a row, in the form that TreeSums reads (lib/ops/tree_sums.cpp).
struct LeafSums {
  std::int64_t targets = 1;      // sums: all targets, or one
  std::int64_t only_target = 0;  // of one sum
  // Votes: every weight that is not 0 is the same number, and a leaf has at most one of them. By number of votes the sum
  // that float32 makes of them, strictly ascending; else empty.
  std::vector<float> vote_values{};
  std::vector<float> values{};
  std::vector<std::int64_t> starts{}, entry_targets{};  // rows of values; empty: one value per leaf
  bool begins_negative = false;  // targets without any weight differ from those with weights of 0
  bool never_negative = false;   // all sums are +0 or more
};

// Nothing for minima and maxima, and for sums in double precision. Renumbers the leaves of the graph if they are votes.
[[nodiscard]] std::optional<LeafSums> leaf_sums_of(DecisionGraph& graph, const ops::ScoreRule& rule);

// A classifier's label follows from its sums alone by comparing them as integers. By `limit`, if there is one sum: what it
// must be above for the second class, as TreeScores has it.
struct LabelRule {
  std::int64_t limit = 0;
};
[[nodiscard]] std::optional<LabelRule> label_rule_of(const LeafSums& sums, const ops::ScoreRule& rule);

}  // namespace mote
