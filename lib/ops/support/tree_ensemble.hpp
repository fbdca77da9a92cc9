#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "lib/ops/op_def.hpp"
#include "lib/ops/support/score_rule.hpp"

namespace mote::ops {

// How a decision compares the feature with its threshold; ONNX's BRANCH_LEQ, _LT, _GTE, _GT, _EQ, _NEQ, LEAF.
enum class TreeTest : std::uint8_t { at_most, below, at_least, above, equal, different, leaf };

struct TreeNode {
  TreeTest test = TreeTest::leaf;
  bool missing_is_true = false;  // a NaN takes the `yes` branch whatever the test says
  std::uint32_t feature = 0;
  double threshold = 0;          // exact: float or double in the model
  std::uint32_t yes = 0, no = 0; // of a decision: in TreeEnsemble::nodes
  std::uint32_t first_weight = 0, weights = 0;  // of a leaf: in TreeEnsemble::weights
};

struct TreeWeight {
  std::uint32_t target = 0;
  double value = 0;
};

// A tree ensemble of ai.onnx.ml, whatever operator it was written as. Every node belongs to exactly one tree and has
// exactly one parent there, so that walks end.
struct TreeEnsemble {
  std::vector<TreeNode> nodes{};
  std::vector<std::uint32_t> roots{};    // of the trees, in the order in which they are summed
  std::vector<TreeWeight> weights{};     // leaf by leaf, in the order in which they are added
  std::vector<std::int64_t> labels{};    // of a classifier: what the label output is for each class
  std::string class_names{};             // of a classifier with named classes: joined (lib/support/word_list.hpp)
  ScoreRule rule{};
};

// An ensemble larger than this has no place on a microcontroller, and a small file may claim as many.
inline constexpr std::size_t most_tree_nodes = 500'000;

// Reads and checks the attributes of TreeEnsembleClassifier, TreeEnsembleRegressor and TreeEnsemble.
// Errors: Code::malformed_ensemble (names tree and node), Code::limit_exceeded, Code::attribute_range.
[[nodiscard]] Result<TreeEnsemble> tree_ensemble_of(const OpView& op);

// The leaf that a row ends in; at(feature) is its value as double. NaN is told by value.
template <class At>
[[nodiscard]] const TreeNode& leaf_of(const TreeEnsemble& ensemble, std::uint32_t root, const At& at) {
  const TreeNode* node = &ensemble.nodes[root];
  while (node->test != TreeTest::leaf) {
    const double value = at(node->feature);
    const double threshold = node->threshold;
    bool yes = node->missing_is_true && value != value;
    switch (node->test) {
      case TreeTest::at_most: yes = yes || value <= threshold; break;
      case TreeTest::below: yes = yes || value < threshold; break;
      case TreeTest::at_least: yes = yes || value >= threshold; break;
      case TreeTest::above: yes = yes || value > threshold; break;
      case TreeTest::equal: yes = yes || value == threshold; break;
      case TreeTest::different: yes = yes || value != threshold; break;
      case TreeTest::leaf: break;
    }
    node = &ensemble.nodes[yes ? node->yes : node->no];
  }
  return *node;
}

}  // namespace mote::ops
