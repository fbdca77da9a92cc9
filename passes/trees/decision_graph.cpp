#include "passes/trees/decision_graph.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <optional>
#include <unordered_map>

#include "lib/ops/support/order_key.hpp"

namespace mote {
namespace {

using ops::TreeBranch;
using ops::TreeEnsemble;
using ops::TreeNode;
using ops::TreeTest;

// Bounds of a threshold among the numbers of type T: x <= t is x <= at_most(t), x < t is x <= below(t). Nothing: no x is
// below. -0 counts as 0.
template <class T>
std::int64_t at_most(double t) {
  T bound = static_cast<T>(t);
  if (static_cast<double>(bound) > t) bound = std::nextafter(bound, -std::numeric_limits<T>::infinity());
  return ops::order_key(bound == T{0} ? T{0} : bound);
}
template <class T>
std::optional<std::int64_t> below(double t) {
  T bound = static_cast<T>(t);
  if (static_cast<double>(bound) < t) return at_most<T>(t);
  if (bound == -std::numeric_limits<T>::infinity()) return std::nullopt;
  bound = std::nextafter(bound, -std::numeric_limits<T>::infinity());
  return ops::order_key(bound == T{0} ? T{0} : bound);
}

// One entry of a table of distinct things, by value.
struct DecisionHash {
  std::size_t operator()(const DecisionGraph::Decision& d) const {
    std::uint64_t hash = static_cast<std::uint64_t>(d.key) * 0x9E3779B97F4A7C15ULL;
    for (const std::uint64_t part : {std::uint64_t{d.column}, std::uint64_t{d.yes.at} * 2 + d.yes.leaf,
                                     std::uint64_t{d.no.at} * 2 + d.no.leaf})
      hash = (hash ^ part ^ (hash >> 29)) * 0xBF58476D1CE4E5B9ULL;
    return static_cast<std::size_t>(hash ^ (hash >> 32));
  }
};
bool same(const TreeBranch& a, const TreeBranch& b) { return a.leaf == b.leaf && a.at == b.at; }
struct DecisionEqual {
  bool operator()(const DecisionGraph::Decision& a, const DecisionGraph::Decision& b) const {
    return a.column == b.column && a.key == b.key && same(a.yes, b.yes) && same(a.no, b.no);
  }
};

class Builder {
 public:
  Builder(const TreeEnsemble& ensemble, DType features) : ensemble_(ensemble), features_(features) {}

  DecisionGraph build() {
    find_tree_targets();
    made_.resize(ensemble_.nodes.size());
    for (const std::uint32_t root : ensemble_.roots) graph_.roots.push_back(build_tree(root));
    if (graph_.columns.empty()) graph_.columns.push_back({});
    sort_columns();
    store_rows();
    return std::move(graph_);
  }

 private:
  // Boosted trees have one target each; then a row needs no place for the others.
  void find_tree_targets() {
    if (ensemble_.rule.targets == 1) return;
    std::vector<std::uint32_t> targets;
    for (const std::uint32_t root : ensemble_.roots) {
      const auto target = only_target(root);
      if (!target) return;
      targets.push_back(*target);
    }
    graph_.tree_targets = std::move(targets);
  }

  [[nodiscard]] std::optional<std::uint32_t> only_target(std::uint32_t root) const {
    std::optional<std::uint32_t> target;
    std::vector<std::uint32_t> pending{root};
    while (!pending.empty()) {
      const TreeNode& node = ensemble_.nodes[pending.back()];
      pending.pop_back();
      if (node.test != TreeTest::leaf) {
        pending.push_back(node.no);
        // The comparisons of a member test share one `yes`: it is met again at the last of them.
        if (node.yes != ensemble_.nodes[node.no].yes || ensemble_.nodes[node.no].test == TreeTest::leaf) pending.push_back(node.yes);
        continue;
      }
      if (node.weights != 1) return std::nullopt;
      const std::uint32_t found = ensemble_.weights[node.first_weight].target;
      if (target && *target != found) return std::nullopt;
      target = found;
    }
    return target;
  }

  TreeBranch build_tree(std::uint32_t root) {
    std::vector<std::uint32_t> pending{root};
    while (!pending.empty()) {
      const std::uint32_t index = pending.back();
      const TreeNode& node = ensemble_.nodes[index];
      if (!made_[index] && node.test != TreeTest::leaf && (!made_[node.yes] || !made_[node.no])) {
        if (!made_[node.no]) pending.push_back(node.no);
        if (!made_[node.yes]) pending.push_back(node.yes);
        continue;
      }
      if (!made_[index]) made_[index] = node.test == TreeTest::leaf ? leaf(node) : compare(node);
      pending.pop_back();
    }
    return *made_[root];
  }

  TreeBranch compare(const TreeNode& node) {
    return features_ == DType::f64 ? compare_as<double>(node) : compare_as<float>(node);
  }

  template <class T>
  TreeBranch compare_as(const TreeNode& node) {
    const TreeBranch yes = *made_[node.yes], no = *made_[node.no];
    const bool missing = node.missing_is_true;
    const std::uint32_t feature = node.feature;
    const std::int64_t most = at_most<T>(node.threshold);
    switch (node.test) {
      case TreeTest::at_most: return decide({feature, missing}, most, yes, no);
      case TreeTest::above: return decide({feature, !missing}, most, no, yes);
      case TreeTest::below: return is_below(feature, below<T>(node.threshold), missing, yes, no);
      case TreeTest::at_least: return is_below(feature, below<T>(node.threshold), !missing, no, yes);
      case TreeTest::equal: return is_equal(feature, below<T>(node.threshold), most, missing, yes, no);
      // A NaN differs from every number, whether it counts as missing or not.
      case TreeTest::different: return is_equal(feature, below<T>(node.threshold), most, false, no, yes);
      case TreeTest::leaf: break;
    }
    return yes;
  }

  // x <= bound, and a NaN goes to `yes` if `missing`. Without a bound only a NaN can: it is what is both below and above.
  TreeBranch is_below(std::uint32_t feature, std::optional<std::int64_t> bound, bool missing, TreeBranch yes, TreeBranch no) {
    if (bound) return decide({feature, missing}, *bound, yes, no);
    if (!missing) return no;
    const std::int64_t least = features_ == DType::f64 ? ops::order_key(-std::numeric_limits<double>::infinity())
                                                       : ops::order_key(-std::numeric_limits<float>::infinity());
    return decide({feature, true}, least, decide({feature, false}, least, no, yes), no);
  }

  // below < x <= most: two comparisons; the order says where a NaN goes.
  TreeBranch is_equal(std::uint32_t feature, std::optional<std::int64_t> below, std::int64_t most, bool missing,
                      TreeBranch yes, TreeBranch no) {
    if (!below) return decide({feature, missing}, most, yes, no);
    if (missing) return decide({feature, true}, most, decide({feature, false}, *below, no, yes), no);
    return decide({feature, false}, *below, no, decide({feature, false}, most, yes, no));
  }

  TreeBranch decide(const TreeColumn& column, std::int64_t key, TreeBranch yes, TreeBranch no) {
    if (same(yes, no)) return yes;
    const auto [place, fresh] = columns_.emplace(std::pair(column.feature, column.missing_is_low),
                                                 static_cast<std::uint32_t>(graph_.columns.size()));
    if (fresh) graph_.columns.push_back(column);
    const DecisionGraph::Decision decision{.column = place->second, .key = key, .yes = yes, .no = no};
    const auto [known, added] = decisions_.emplace(decision, static_cast<std::uint32_t>(graph_.decisions.size()));
    if (added) graph_.decisions.push_back(decision);
    return {.leaf = false, .at = known->second};
  }

  // Weights of one leaf for the same target are added beforehand, as the aggregate says.
  TreeBranch leaf(const TreeNode& node) {
    const bool own_target = !graph_.tree_targets.empty();
    std::vector<ops::TreeScore<double>> scores(own_target ? 1 : static_cast<std::size_t>(ensemble_.rule.targets));
    for (std::uint32_t i = node.first_weight; i < node.first_weight + node.weights; ++i)
      ops::add_weight(ensemble_.rule.aggregate, scores[own_target ? 0 : ensemble_.weights[i].target], ensemble_.weights[i].value);
    std::vector<double> row;
    for (const auto& score : scores) row.push_back(score.present ? score.value + 0.0 : -0.0);
    const auto* bytes = reinterpret_cast<const char*>(row.data());  // by bits: 0 and -0 differ
    const auto [place, fresh] = rows_.emplace(std::string(bytes, row.size() * sizeof(double)), static_cast<std::uint32_t>(rows_.size()));
    if (fresh) weights_.insert(weights_.end(), row.begin(), row.end());
    return {.leaf = true, .at = place->second};
  }

  // Near elements are cheaper to reach: the reach of a load is 31 words on Cortex-M0, 63 bytes on AVR.
  void sort_columns() {
    std::vector<std::size_t> reads(graph_.columns.size(), 0);
    for (const auto& decision : graph_.decisions) ++reads[decision.column];
    std::vector<std::uint32_t> order(reads.size()), place(reads.size());
    std::iota(order.begin(), order.end(), 0U);
    std::ranges::stable_sort(order, [&](std::uint32_t a, std::uint32_t b) { return reads[a] > reads[b]; });
    std::vector<TreeColumn> sorted;
    for (std::uint32_t i = 0; i < order.size(); ++i) {
      place[order[i]] = i;
      sorted.push_back(graph_.columns[order[i]]);
    }
    graph_.columns = std::move(sorted);
    for (auto& decision : graph_.decisions) decision.column = place[decision.column];
  }

  void store_rows() {
    const auto count = static_cast<std::int64_t>(rows_.size());
    const std::int64_t width = static_cast<std::int64_t>(weights_.size()) / count;
    graph_.rows = Tensor::zeros(features_, *Shape::make({count, width}));
    if (features_ == DType::f64)
      std::ranges::copy(weights_, graph_.rows.as<double>().begin());
    else
      std::ranges::transform(weights_, graph_.rows.as<float>().begin(), [](double weight) { return static_cast<float>(weight); });
  }

  const TreeEnsemble& ensemble_;
  DType features_;
  DecisionGraph graph_{};
  std::vector<std::optional<TreeBranch>> made_{};  // by node
  std::map<std::pair<std::uint32_t, bool>, std::uint32_t> columns_{};
  std::unordered_map<DecisionGraph::Decision, std::uint32_t, DecisionHash, DecisionEqual> decisions_{};
  std::unordered_map<std::string, std::uint32_t> rows_{};
  std::vector<double> weights_{};
};

}  // namespace

DecisionGraph decision_graph_of(const TreeEnsemble& ensemble, DType features) { return Builder(ensemble, features).build(); }

void renumber_leaves(DecisionGraph& graph, const std::vector<std::uint32_t>& numbers) {
  const auto change = [&](ops::TreeBranch& branch) {
    if (branch.leaf) branch.at = numbers[branch.at];
  };
  for (auto& decision : graph.decisions) {
    change(decision.yes);
    change(decision.no);
  }
  for (auto& root : graph.roots) change(root);
}

}  // namespace mote
