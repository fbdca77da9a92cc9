#include "lib/ops/support/tree_ensemble.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <unordered_map>

#include "lib/ops/support/enumerator.hpp"
#include "lib/ops/support/tree_attributes.hpp"

namespace mote::ops {
namespace {

constexpr std::uint32_t unset = 0xFFFFFFFF;

// What the model calls a node.
struct NodeName {
  std::int64_t tree = 0, node = 0;
  bool operator==(const NodeName&) const = default;
};
struct NodeNameHash {
  std::size_t operator()(const NodeName& name) const {
    return static_cast<std::size_t>((static_cast<std::uint64_t>(name.tree) * 0x9E3779B97F4A7C15ULL) ^
                                    static_cast<std::uint64_t>(name.node));
  }
};
using NodeIndex = std::unordered_map<NodeName, std::uint32_t, NodeNameHash>;

std::string text_of(const NodeName& name) {
  return "tree " + std::to_string(name.tree) + ", node " + std::to_string(name.node);
}

Diagnostic broken(const OpView& op, const std::string& what) {
  return at(op, Code::malformed_ensemble, what, {"export the model again; the ensemble cannot have been trained like this"});
}
Diagnostic broken(const OpView& op, const NodeName& where, const std::string& what) {
  return broken(op, text_of(where) + ": " + what);
}

constexpr std::array<std::string_view, 7> test_words{"BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT",
                                                     "BRANCH_EQ",  "BRANCH_NEQ", "LEAF"};
constexpr std::array<std::string_view, 4> aggregate_words{"SUM", "AVERAGE", "MIN", "MAX"};

Status expect_length(const OpView& op, std::string_view attr, std::size_t found, std::string_view other,
                     std::size_t expected) {
  if (found == expected) return Ok{};
  return broken(op, "'" + std::string(attr) + "' has " + std::to_string(found) + " elements, '" + std::string(other) +
                        "' has " + std::to_string(expected));
}

std::int64_t feature_count(const OpView& op) {
  const Shape& shape = op.in(0).shape;
  return shape.rank() == 0 ? 0 : shape[shape.rank() - 1];
}

Status check_decision(const OpView& op, const NodeName& name, std::int64_t feature, double threshold) {
  if (feature < 0 || feature >= feature_count(op))
    return broken(op, name, "reads feature " + std::to_string(feature) + ", the input has " +
                                std::to_string(feature_count(op)));
  if (std::isnan(threshold)) return broken(op, name, "the threshold is not a number");
  return Ok{};
}

// That every node is reached exactly once from the root of its tree: no cycle, nothing shared, nothing left over.
Status check_trees(const OpView& op, const TreeEnsemble& ensemble, const std::vector<NodeName>& names) {
  std::vector<bool> reached(ensemble.nodes.size(), false);
  std::vector<std::uint32_t> pending(ensemble.roots.rbegin(), ensemble.roots.rend());
  while (!pending.empty()) {
    const std::uint32_t index = pending.back();
    pending.pop_back();
    if (reached[index]) return broken(op, names[index], "is reached twice: it is shared, or part of a cycle");
    reached[index] = true;
    const TreeNode& node = ensemble.nodes[index];
    if (node.test == TreeTest::leaf) continue;
    pending.push_back(node.no);
    pending.push_back(node.yes);
  }
  const auto left = std::ranges::find(reached, false);
  if (left == reached.end()) return Ok{};
  return broken(op, names[static_cast<std::size_t>(left - reached.begin())], "is never reached from the tree's first node");
}

Status check_size(const OpView& op, std::size_t nodes) {
  if (nodes == 0) return broken(op, "the ensemble has no nodes");
  if (nodes <= most_tree_nodes) return Ok{};
  return at(op, Code::limit_exceeded, "the ensemble has " + std::to_string(nodes) + " nodes, the limit is " +
                                          std::to_string(most_tree_nodes));
}

// The attributes of opset 1 and 3, node by node.
struct NodeLists {
  std::vector<std::int64_t> trees, nodes, features, yes, no, missing;
  std::vector<std::string> modes;
  std::vector<double> thresholds;
};

Result<NodeLists> node_lists(const OpView& op) {
  NodeLists lists{.trees = integer_list(op, "nodes_treeids"),
                  .nodes = integer_list(op, "nodes_nodeids"),
                  .features = integer_list(op, "nodes_featureids"),
                  .yes = integer_list(op, "nodes_truenodeids"),
                  .no = integer_list(op, "nodes_falsenodeids"),
                  .missing = integer_list(op, "nodes_missing_value_tracks_true"),
                  .modes = word_list(op, "nodes_modes"),
                  .thresholds = real_list(op, "nodes_values")};
  const std::size_t count = lists.nodes.size();
  MOTE_TRY_STATUS(check_size(op, count));
  const auto check = [&](std::string_view attr, std::size_t size) {
    return expect_length(op, attr, size, "nodes_nodeids", count);
  };
  MOTE_TRY_STATUS(check("nodes_treeids", lists.trees.size()));
  MOTE_TRY_STATUS(check("nodes_featureids", lists.features.size()));
  MOTE_TRY_STATUS(check("nodes_truenodeids", lists.yes.size()));
  MOTE_TRY_STATUS(check("nodes_falsenodeids", lists.no.size()));
  MOTE_TRY_STATUS(check("nodes_modes", lists.modes.size()));
  MOTE_TRY_STATUS(check("nodes_values", lists.thresholds.size()));
  // Older exporters leave the tracks out, or write them for the first nodes only.
  if (lists.missing.size() > count) MOTE_TRY_STATUS(check("nodes_missing_value_tracks_true", lists.missing.size()));
  lists.missing.resize(count, 0);
  return lists;
}

Result<std::uint32_t> child_of(const OpView& op, const NodeIndex& index, const NodeName& parent, std::int64_t child) {
  const auto found = index.find({parent.tree, child});
  if (found == index.end())
    return broken(op, parent, "has the child " + std::to_string(child) + ", which the tree does not have");
  return found->second;
}

Status add_nodes(const OpView& op, const NodeLists& lists, TreeEnsemble& ensemble, std::vector<NodeName>& names,
                 NodeIndex& index) {
  const std::size_t count = lists.nodes.size();
  index.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    names.push_back({lists.trees[i], lists.nodes[i]});
    if (!index.emplace(names[i], static_cast<std::uint32_t>(i)).second)
      return broken(op, names[i], "is listed twice");
    if (i == 0 || lists.trees[i] != lists.trees[i - 1]) ensemble.roots.push_back(static_cast<std::uint32_t>(i));
  }
  for (std::size_t i = 0; i < count; ++i) {
    TreeNode node{.missing_is_true = lists.missing[i] == 1, .threshold = lists.thresholds[i]};
    MOTE_TRY(node.test, enumerator<TreeTest>(op, "nodes_modes", lists.modes[i], test_words));
    if (node.test != TreeTest::leaf) {
      MOTE_TRY_STATUS(check_decision(op, names[i], lists.features[i], node.threshold));
      node.feature = static_cast<std::uint32_t>(lists.features[i]);
      MOTE_TRY(node.yes, child_of(op, index, names[i], lists.yes[i]));
      MOTE_TRY(node.no, child_of(op, index, names[i], lists.no[i]));
    }
    ensemble.nodes.push_back(node);
  }
  return check_trees(op, ensemble, names);
}

// `kind`: "class" or "target". Weights of a leaf are added in the order of the list; those of decisions, which an old
// converter wrote, are ignored.
Status add_weights(const OpView& op, const std::string& kind, const NodeIndex& index, TreeEnsemble& ensemble) {
  const std::vector<std::int64_t> trees = integer_list(op, kind + "_treeids"), nodes = integer_list(op, kind + "_nodeids"),
                                  targets = integer_list(op, kind + "_ids");
  const std::vector<double> values = real_list(op, kind + "_weights");
  MOTE_TRY_STATUS(expect_length(op, kind + "_treeids", trees.size(), kind + "_ids", targets.size()));
  MOTE_TRY_STATUS(expect_length(op, kind + "_nodeids", nodes.size(), kind + "_ids", targets.size()));
  MOTE_TRY_STATUS(expect_length(op, kind + "_weights", values.size(), kind + "_ids", targets.size()));
  std::vector<std::pair<std::uint32_t, std::uint32_t>> order;  // leaf, position in the list
  for (std::size_t i = 0; i < targets.size(); ++i) {
    const NodeName name{trees[i], nodes[i]};
    const auto found = index.find(name);
    if (found == index.end()) return broken(op, name, "has a weight, but does not exist");
    if (targets[i] < 0 || targets[i] >= ensemble.rule.targets)
      return broken(op, name, "has a weight for " + kind + " " + std::to_string(targets[i]) + " of " +
                                  std::to_string(ensemble.rule.targets));
    if (!std::isfinite(values[i])) return broken(op, name, "has a weight that is no finite number");
    if (ensemble.nodes[found->second].test == TreeTest::leaf)
      order.emplace_back(found->second, static_cast<std::uint32_t>(i));
  }
  std::ranges::sort(order);
  for (const auto& [leaf, position] : order) {
    TreeNode& node = ensemble.nodes[leaf];
    if (node.weights++ == 0) node.first_weight = static_cast<std::uint32_t>(ensemble.weights.size());
    ensemble.weights.push_back({static_cast<std::uint32_t>(targets[position]), values[position]});
  }
  return Ok{};
}

Status check_leaves(const OpView& op, const TreeEnsemble& ensemble, const std::vector<NodeName>& names) {
  for (std::size_t i = 0; i < names.size(); ++i)
    if (ensemble.nodes[i].test == TreeTest::leaf && ensemble.nodes[i].weights == 0)
      return broken(op, names[i], "is a leaf without a weight");
  return Ok{};
}

Status check_base_values(const OpView& op, const ScoreRule& rule) {
  const std::size_t count = rule.base_values.size();
  const bool one_for_two = rule.classifies && rule.targets == 2 && count == 1;
  if (!std::ranges::all_of(rule.base_values, [](double value) { return std::isfinite(value); }))
    return broken(op, "'base_values' holds a value that is no finite number");
  if (count == 0 || one_for_two || count == static_cast<std::size_t>(rule.targets)) return Ok{};
  return broken(op, "'base_values' has " + std::to_string(count) + " elements for " + std::to_string(rule.targets) + " scores");
}

// Two classes with weights for both take 0 and 1 as labels, whatever their names are.
std::vector<std::int64_t> labels_of(const OpView& op, const ScoreRule& rule) {
  std::vector<std::int64_t> labels = integer_list(op, "classlabels_int64s");
  const bool own = labels.size() > 2 || (labels.size() == 2 && rule.one_class_weighted);
  if (own) return labels;
  labels.assign(static_cast<std::size_t>(std::max<std::int64_t>(rule.targets, 2)), 0);
  for (std::size_t i = 0; i < labels.size(); ++i) labels[i] = static_cast<std::int64_t>(i);
  return labels;
}

Status describe_classes(const OpView& op, TreeEnsemble& ensemble) {
  ensemble.rule.classifies = true;
  const std::size_t named = word_list(op, "classlabels_strings").size();
  const std::size_t numbered = integer_list(op, "classlabels_int64s").size();
  if (named > 0 && numbered > 0) return broken(op, "has class labels both as numbers and as strings");
  if (named + numbered == 0) return broken(op, "has no class labels");
  ensemble.rule.targets = static_cast<std::int64_t>(named + numbered);
  if (named > 0) ensemble.class_names = op.text("classlabels_strings");
  return Ok{};
}

// Decided by all weights that are listed, those of decisions included.
void describe_weights(const OpView& op, TreeEnsemble& ensemble) {
  const std::vector<std::int64_t> classes = integer_list(op, "class_ids");
  const std::vector<double> weights = real_list(op, "class_weights");
  ScoreRule& rule = ensemble.rule;
  rule.one_class_weighted =
      rule.targets == 2 && !classes.empty() &&
      std::ranges::all_of(classes, [&](std::int64_t one) { return one == classes.front(); });
  rule.no_negative_weight = std::ranges::all_of(weights, [](double weight) { return !(weight < 0); });
  ensemble.labels = labels_of(op, rule);
}

Result<TreeEnsemble> listed_ensemble(const OpView& op) {
  TreeEnsemble ensemble;
  const bool classifies = op.node.op->name == "TreeEnsembleClassifier";
  if (classifies) {
    MOTE_TRY_STATUS(describe_classes(op, ensemble));
  } else {
    ensemble.rule.targets = op.has("n_targets") ? op.integer("n_targets") : 0;
    if (ensemble.rule.targets < 1) return broken(op, "has no targets");
    MOTE_TRY(ensemble.rule.aggregate,
             enumerator<TreeAggregate>(op, "aggregate_function", op.text("aggregate_function"), aggregate_words));
  }
  MOTE_TRY(ensemble.rule.post_transform,
           enumerator<PostTransform>(op, "post_transform", op.text("post_transform"), post_transform_words));
  MOTE_TRY(const NodeLists lists, node_lists(op));
  std::vector<NodeName> names;
  NodeIndex index;
  MOTE_TRY_STATUS(add_nodes(op, lists, ensemble, names, index));
  MOTE_TRY_STATUS(add_weights(op, classifies ? "class" : "target", index, ensemble));
  MOTE_TRY_STATUS(check_leaves(op, ensemble, names));
  ensemble.rule.base_values = real_list(op, "base_values");
  MOTE_TRY_STATUS(check_base_values(op, ensemble.rule));
  if (classifies) describe_weights(op, ensemble);
  return ensemble;
}

// Version 5 numbers decisions and leaves apart; a member test is a chain of comparisons for equality.
class TreeEnsembleReader {
 public:
  explicit TreeEnsembleReader(const OpView& op)
      : op_(op),
        features_(integer_list(op, "nodes_featureids")),
        yes_(integer_list(op, "nodes_truenodeids")),
        no_(integer_list(op, "nodes_falsenodeids")),
        yes_is_leaf_(integer_list(op, "nodes_trueleafs")),
        no_is_leaf_(integer_list(op, "nodes_falseleafs")),
        missing_(integer_list(op, "nodes_missing_value_tracks_true")),
        roots_(integer_list(op, "tree_roots")),
        leaf_targets_(integer_list(op, "leaf_targetids")),
        modes_(tensor_list(op, "nodes_modes")),
        thresholds_(real_list(op, "nodes_splits")),
        leaf_weights_(real_list(op, "leaf_weights")),
        members_(real_list(op, "membership_values")) {}

  Result<TreeEnsemble> read() {
    MOTE_TRY_STATUS(check_lists());
    MOTE_TRY_STATUS(read_rule());
    for (std::size_t tree = 0; tree < roots_.size(); ++tree) MOTE_TRY_STATUS(read_tree(static_cast<std::int64_t>(tree)));
    for (std::size_t i = 0; i < visited_.size(); ++i)
      if (!visited_[i]) return broken(op_, "node " + std::to_string(i) + " is never reached from a root");
    return std::move(ensemble_);
  }

 private:
  Status check_lists() {
    const std::size_t count = features_.size();
    MOTE_TRY_STATUS(check_size(op_, count));
    const auto check = [&](std::string_view attr, std::size_t size) {
      return expect_length(op_, attr, size, "nodes_featureids", count);
    };
    MOTE_TRY_STATUS(check("nodes_truenodeids", yes_.size()));
    MOTE_TRY_STATUS(check("nodes_falsenodeids", no_.size()));
    MOTE_TRY_STATUS(check("nodes_trueleafs", yes_is_leaf_.size()));
    MOTE_TRY_STATUS(check("nodes_falseleafs", no_is_leaf_.size()));
    MOTE_TRY_STATUS(check("nodes_modes", modes_.size()));
    MOTE_TRY_STATUS(check("nodes_splits", thresholds_.size()));
    if (!missing_.empty()) MOTE_TRY_STATUS(check("nodes_missing_value_tracks_true", missing_.size()));
    missing_.resize(count, 0);
    if (roots_.empty()) return broken(op_, "has no trees");
    visited_.resize(count, false);
    find_members();
    return expect_length(op_, "leaf_weights", leaf_weights_.size(), "leaf_targetids", leaf_targets_.size());
  }

  // The sets of all member tests stand one after the other in the order of the nodes, a NaN behind each.
  void find_members() {
    std::size_t at = 0;
    for (const std::int64_t mode : modes_) {
      first_member_.push_back(at);
      if (mode != 6) continue;
      while (at < members_.size() && !std::isnan(members_[at])) ++at;
      ++at;
    }
  }

  Status read_rule() {
    ScoreRule& rule = ensemble_.rule;
    rule.targets = op_.integer("n_targets");
    constexpr std::array aggregates{TreeAggregate::average, TreeAggregate::sum, TreeAggregate::minimum,
                                    TreeAggregate::maximum};
    rule.aggregate = aggregates[static_cast<std::size_t>(op_.integer("aggregate_function"))];
    rule.post_transform = static_cast<PostTransform>(op_.integer("post_transform"));
    return Ok{};
  }

  struct Pending {
    std::int64_t index;
    bool leaf;
    std::uint32_t parent;
    bool yes;
  };

  Status read_tree(std::int64_t tree) {
    std::vector<Pending> pending{{roots_[static_cast<std::size_t>(tree)], false, unset, false}};
    while (!pending.empty()) {
      const Pending next = pending.back();
      pending.pop_back();
      MOTE_TRY(const std::uint32_t made, next.leaf ? read_leaf(tree, next.index) : read_decision(tree, next.index, pending));
      attach(next, made);
    }
    return check_size(op_, ensemble_.nodes.size());
  }

  void attach(const Pending& next, std::uint32_t made) {
    if (next.parent == unset) {
      ensemble_.roots.push_back(made);
      return;
    }
    // Every comparison of a chain for membership has the same `yes`; the last one has the `no`.
    for (std::uint32_t node = next.parent; node < ensemble_.nodes.size(); ++node) {
      TreeNode& parent = ensemble_.nodes[node];
      if (next.yes) parent.yes = made;
      if (chained_[node]) continue;
      if (!next.yes) parent.no = made;
      return;
    }
  }

  Result<std::uint32_t> read_leaf(std::int64_t tree, std::int64_t index) {
    const NodeName name{tree, index};
    if (index < 0 || static_cast<std::size_t>(index) >= leaf_targets_.size())
      return broken(op_, name, "is a leaf that does not exist");
    const auto at = static_cast<std::size_t>(index);
    if (leaf_targets_[at] < 0 || leaf_targets_[at] >= ensemble_.rule.targets)
      return broken(op_, name, "has a weight for target " + std::to_string(leaf_targets_[at]) + " of " +
                                   std::to_string(ensemble_.rule.targets));
    if (!std::isfinite(leaf_weights_[at])) return broken(op_, name, "has a weight that is no finite number");
    ensemble_.weights.push_back({static_cast<std::uint32_t>(leaf_targets_[at]), leaf_weights_[at]});
    return append({.first_weight = static_cast<std::uint32_t>(ensemble_.weights.size() - 1), .weights = 1}, false);
  }

  Result<std::uint32_t> read_decision(std::int64_t tree, std::int64_t index, std::vector<Pending>& pending) {
    const NodeName name{tree, index};
    if (index < 0 || static_cast<std::size_t>(index) >= features_.size())
      return broken(op_, name, "does not exist");
    const auto at = static_cast<std::size_t>(index);
    if (visited_[at]) return broken(op_, name, "is reached twice: it is shared, or part of a cycle");
    visited_[at] = true;
    if (modes_[at] < 0 || modes_[at] > 6) return broken(op_, name, "has the mode " + std::to_string(modes_[at]) + ", legal are 0 to 6");
    const bool member = modes_[at] == 6;
    MOTE_TRY_STATUS(check_decision(op_, name, features_[at], member ? 0.0 : thresholds_[at]));
    TreeNode node{.test = member ? TreeTest::equal : static_cast<TreeTest>(modes_[at]),
                  .missing_is_true = missing_[at] == 1,
                  .feature = static_cast<std::uint32_t>(features_[at]),
                  .threshold = thresholds_[at]};
    MOTE_TRY(const std::uint32_t made, member ? append_members(name, node) : append(node, false));
    // A tree of one leaf is a decision with that leaf on both sides.
    pending.push_back({no_[at], no_is_leaf_[at] != 0, made, false});
    pending.push_back({yes_[at], yes_is_leaf_[at] != 0, made, true});
    return made;
  }

  Result<std::uint32_t> append_members(const NodeName& name, TreeNode node) {
    std::size_t at = first_member_[static_cast<std::size_t>(name.node)];
    const auto first = static_cast<std::uint32_t>(ensemble_.nodes.size());
    for (; at < members_.size() && !std::isnan(members_[at]); ++at) {
      node.threshold = members_[at];
      node.no = static_cast<std::uint32_t>(ensemble_.nodes.size() + 1);
      append(node, true);
    }
    if (first == ensemble_.nodes.size()) return broken(op_, name, "tests for membership in an empty set");
    chained_.back() = false;
    return first;
  }

  std::uint32_t append(const TreeNode& node, bool chained) {
    ensemble_.nodes.push_back(node);
    chained_.push_back(chained);
    return static_cast<std::uint32_t>(ensemble_.nodes.size() - 1);
  }

  const OpView& op_;
  std::vector<std::int64_t> features_, yes_, no_, yes_is_leaf_, no_is_leaf_, missing_, roots_, leaf_targets_, modes_;
  std::vector<double> thresholds_, leaf_weights_, members_;
  std::vector<std::size_t> first_member_;  // by node: where its set starts, if it has one
  std::vector<bool> visited_, chained_;
  TreeEnsemble ensemble_;
};

}  // namespace

Result<TreeEnsemble> tree_ensemble_of(const OpView& op) {
  if (op.node.op->name == "TreeEnsemble") return TreeEnsembleReader(op).read();
  return listed_ensemble(op);
}

}  // namespace mote::ops
