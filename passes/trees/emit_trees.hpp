#pragma once
#include <cstdint>
#include <optional>

#include "lib/ops/support/tree_ensemble.hpp"
#include "passes/rewriter.hpp"
#include "passes/trees/label_sum.hpp"
#include "passes/trees/leaf_shares.hpp"
#include "passes/trees/leaf_sums.hpp"
#include "passes/trees/pack_trees.hpp"

namespace mote {

// One way to store the decisions of an ensemble.
struct TreeForm {
  PackedTrees packed{};
  std::optional<RankedThresholds> ranked{};  // set: decisions compare ranks
  bool branches = false;                     // as code instead of as a table
  bool in_place = false;                     // columns are the features themselves, in float32

  [[nodiscard]] std::int64_t table_bytes(std::int64_t key_bytes) const;  // flash
};

[[nodiscard]] bool is_read(const Rewriter& rewriter, const Node& node, std::size_t output);

// What leaves are for the sums; with shares or the sum of a label, of a label that alone is read, only these count.
// None of them: sums of another kind.
struct LeafForm {
  std::optional<LeafSums> sums{};
  std::optional<LeafShares> shares{};
  std::optional<LabelSum> label_sum{};
};

// Emits what replaces `node`, a tree ensemble whose features are the rows `x`: columns, then sums and scores; the label
// alone where nothing else is read; leaves and votes where sums have no form of their own.
void emit_trees(Rewriter& rewriter, const Node& node, const ops::TreeEnsemble& ensemble, const DecisionGraph& graph,
                const TreeForm& form, const LeafForm& leaves, ValueId x);

}  // namespace mote
