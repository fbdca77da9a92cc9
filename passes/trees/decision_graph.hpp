#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "lib/ir/tensor.hpp"
#include "lib/ops/support/tree_code.hpp"
#include "lib/ops/support/tree_ensemble.hpp"

namespace mote {

// What decisions read. A NaN is above every threshold of the column, or below.
struct TreeColumn {
  std::uint32_t feature = 0;
  bool missing_is_low = false;
};

// The trees of an ensemble with comparisons x <= t only, equal subtrees and equal leaves merged across trees.
struct DecisionGraph {
  struct Decision {
    std::uint32_t column = 0;
    std::int64_t key = 0;  // of the threshold, see lib/ops/support/order_key.hpp
    ops::TreeBranch yes{}, no{};
  };
  std::vector<TreeColumn> columns{};  // the most read first
  std::vector<Decision> decisions{};  // children before their parents
  std::vector<ops::TreeBranch> roots{};
  Tensor rows{};                            // weights by leaf, as TreeVotes reads them
  std::vector<std::uint32_t> tree_targets{};  // empty: a row has a weight for every target
};

// `features`: f32 or f64, what the thresholds are compared with.
[[nodiscard]] DecisionGraph decision_graph_of(const ops::TreeEnsemble& ensemble, DType features);

// Leaf k becomes leaf numbers[k]; the rows are left as they are.
void renumber_leaves(DecisionGraph& graph, const std::vector<std::uint32_t>& numbers);

}  // namespace mote
