#pragma once
#include <optional>
#include <vector>

#include "lib/ops/support/tree_code.hpp"
#include "passes/trees/decision_graph.hpp"

namespace mote {

// Trees as the bytes that TreeLeaves reads.
struct PackedTrees {
  std::vector<std::uint8_t> code{};
  std::vector<std::int64_t> roots{};
  ops::TreeCodeFormat format{};
};

// `thresholds`: by decision, in the type `dtype` of the columns.
[[nodiscard]] PackedTrees pack_trees(const DecisionGraph& graph, const std::vector<std::int64_t>& thresholds, DType dtype);

// The ranks of thresholds within their columns.
struct RankedThresholds {
  std::vector<std::int64_t> starts{}, keys{};  // as RankFeatures reads them
  std::vector<std::int64_t> ranks{};           // by decision
  DType dtype = DType::u8;
};
// Nothing if a column has more thresholds than 16 bits can count.
[[nodiscard]] std::optional<RankedThresholds> rank_thresholds(const DecisionGraph& graph);

}  // namespace mote
