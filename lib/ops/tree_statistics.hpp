#pragma once
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "lib/ir/graph.hpp"

namespace mote {

// What a tree ensemble of ai.onnx.ml is made of, as the model has it (before subtrees are shared).
struct TreeStatistics {
  std::string name{};  // of the node
  std::int64_t trees = 0, decisions = 0, leaves = 0;
  std::int64_t deepest_decisions = 0;    // on the longest path of any tree
  std::int64_t worst_case_decisions = 0; // of one prediction: the longest paths of all trees
  std::int64_t thresholds = 0;           // distinct pairs of feature and threshold
  bool second_class_decides = false;     // the label is whether its score is above 0, not which score is the greatest
  std::vector<std::pair<std::int64_t, std::int64_t>> features{};  // feature and its decisions, most used first

  [[nodiscard]] std::int64_t nodes() const { return decisions + leaves; }
};

// One entry for each ensemble of an imported graph, in the order of its nodes. Ensembles that are malformed are left
// out: compiling names what is wrong with them.
[[nodiscard]] std::vector<TreeStatistics> tree_statistics(const Graph& graph);

}  // namespace mote
