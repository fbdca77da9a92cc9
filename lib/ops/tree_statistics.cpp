#include "lib/ops/tree_statistics.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "lib/ops/support/tree_ensemble.hpp"

namespace mote {
namespace {

using ops::TreeEnsemble;
using ops::TreeNode;
using ops::TreeTest;

// Without recursion: a tree may be a chain of all its nodes.
std::int64_t longest_path(const TreeEnsemble& ensemble, std::uint32_t root) {
  std::int64_t longest = 0;
  std::vector<std::pair<std::uint32_t, std::int64_t>> open{{root, 0}};
  while (!open.empty()) {
    const auto [index, decisions] = open.back();
    open.pop_back();
    const TreeNode& node = ensemble.nodes[index];
    longest = std::max(longest, decisions);
    if (node.test == TreeTest::leaf) continue;
    open.emplace_back(node.yes, decisions + 1);
    open.emplace_back(node.no, decisions + 1);
  }
  return longest;
}

std::vector<std::pair<std::int64_t, std::int64_t>> feature_use(const TreeEnsemble& ensemble) {
  std::map<std::int64_t, std::int64_t> uses;
  for (const TreeNode& node : ensemble.nodes)
    if (node.test != TreeTest::leaf) ++uses[node.feature];
  std::vector<std::pair<std::int64_t, std::int64_t>> ordered(uses.begin(), uses.end());
  std::ranges::stable_sort(ordered, [](const auto& a, const auto& b) { return a.second > b.second; });
  return ordered;
}

TreeStatistics statistics(const Node& node, const TreeEnsemble& ensemble) {
  TreeStatistics result{.name = node.origin.node, .trees = static_cast<std::int64_t>(ensemble.roots.size())};
  std::set<std::pair<std::uint32_t, double>> thresholds;
  for (const TreeNode& entry : ensemble.nodes) {
    if (entry.test == TreeTest::leaf) {
      ++result.leaves;
    } else {
      ++result.decisions;
      thresholds.emplace(entry.feature, entry.threshold);
    }
  }
  for (const std::uint32_t root : ensemble.roots) {
    const std::int64_t path = longest_path(ensemble, root);
    result.deepest_decisions = std::max(result.deepest_decisions, path);
    result.worst_case_decisions += path;
  }
  result.thresholds = static_cast<std::int64_t>(thresholds.size());
  result.features = feature_use(ensemble);
  result.second_class_decides = ensemble.rule.classifies && ensemble.rule.targets == 2 && !ensemble.rule.one_class_weighted;
  return result;
}

}  // namespace

std::vector<TreeStatistics> tree_statistics(const Graph& graph) {
  std::vector<TreeStatistics> all;
  for (const Node& node : graph.nodes) {
    if (!node.op->name.starts_with("TreeEnsemble")) continue;
    const auto ensemble = ops::tree_ensemble_of({graph, node});
    if (ensemble) all.push_back(statistics(node, *ensemble));
  }
  return all;
}

}  // namespace mote
