#include "passes/trees/emit_trees.hpp"

#include <algorithm>

namespace mote {
namespace {

Tensor list_tensor(DType dtype, const std::vector<std::int64_t>& values) {
  Tensor tensor = Tensor::zeros(dtype, *Shape::make({static_cast<std::int64_t>(values.size())}));
  visit_dtype(dtype, [&]<class T>() {
    if constexpr (std::is_integral_v<T>)
      std::ranges::transform(values, tensor.as<T>().begin(), [](std::int64_t value) { return static_cast<T>(value); });
  });
  return tensor;
}

// Positions and counts in 16 bits where they fit.
Tensor index_tensor(const std::vector<std::int64_t>& values) {
  return list_tensor(values.empty() || *std::ranges::max_element(values) <= 0xFFFF ? DType::u16 : DType::s32, values);
}

ValueId emit_columns(Rewriter& rewriter, const DecisionGraph& graph, const TreeForm& form, ValueId x) {
  std::vector<std::int64_t> features, low;
  for (const TreeColumn& column : graph.columns) {
    features.push_back(column.feature);
    low.push_back(column.missing_is_low ? 1 : 0);
  }
  ValueId missing;
  if (std::ranges::any_of(low, [](std::int64_t one) { return one != 0; }))
    missing = rewriter.constant(list_tensor(DType::u8, low), "tree_missing_is_low");
  const ValueId which = rewriter.constant(index_tensor(features), "tree_features");
  std::vector<ValueId> operands{x, which};
  if (form.ranked) {
    const DType key_type = rewriter.type(x).dtype == DType::f64 ? DType::s64 : DType::s32;
    operands.push_back(rewriter.constant(index_tensor(form.ranked->starts), "tree_threshold_starts"));
    operands.push_back(rewriter.constant(list_tensor(key_type, form.ranked->keys), "tree_thresholds"));
  }
  if (missing) operands.push_back(missing);
  return rewriter.emit(form.ranked ? "RankFeatures" : "OrderFeatures", std::move(operands));
}

// x, code, roots, and the attributes that say how the trees are packed.
struct TreeOperands {
  std::vector<ValueId> inputs{};
  Attrs attrs{};
};
TreeOperands tree_operands(Rewriter& rewriter, const TreeForm& form, ValueId columns) {
  const std::vector<std::int64_t> code(form.packed.code.begin(), form.packed.code.end());
  const ValueId bytes = rewriter.constant(list_tensor(DType::u8, code), "tree_code");
  const ValueId roots = rewriter.constant(index_tensor(form.packed.roots), "tree_roots");
  const auto attr = [](std::size_t value) { return static_cast<std::int64_t>(value); };
  return {.inputs = {columns, bytes, roots},
          .attrs = {{"branches", std::int64_t{form.branches}},
                    {"column_bytes", attr(form.packed.format.column_bytes)},
                    {"leaf_bytes", attr(form.packed.format.leaf_bytes)},
                    {"skip_bytes", attr(form.packed.format.skip_bytes)}}};
}

bool are_positions(const std::vector<std::int64_t>& labels) {
  for (std::size_t i = 0; i < labels.size(); ++i)
    if (labels[i] != static_cast<std::int64_t>(i)) return false;
  return true;
}

std::optional<Tensor> base_tensor(const ops::ScoreRule& rule, DType dtype) {
  if (rule.base_values.empty()) return std::nullopt;
  Tensor base = Tensor::zeros(dtype, *Shape::make({static_cast<std::int64_t>(rule.base_values.size())}));
  visit_dtype(dtype, [&]<class T>() {
    if constexpr (std::is_floating_point_v<T>)
      std::ranges::transform(rule.base_values, base.as<T>().begin(), [](double value) { return static_cast<T>(value); });
  });
  return base;
}

// Targets in as few bytes as they need.
Tensor target_tensor(std::int64_t targets, const std::vector<std::int64_t>& list) {
  return list_tensor(targets <= 256 ? DType::u8 : DType::u16, list);
}

class TreeEmitter {
 public:
  TreeEmitter(Rewriter& rewriter, const Node& node, const ops::TreeEnsemble& ensemble, const DecisionGraph& graph)
      : rewriter_(rewriter), node_(node), ensemble_(ensemble), graph_(graph) {}

  void emit_votes(TreeOperands trees) {
    const ValueId leaves = rewriter_.emit("TreeLeaves", std::move(trees.inputs), std::move(trees.attrs));
    Attrs attrs = score_attributes();
    attrs["double_scores"] = std::int64_t{rewriter_.type(node_.outputs.back()).dtype == DType::f64};
    replace_all("TreeVotes", {leaves, rewriter_.constant(graph_.rows, "tree_leaf_weights"), own_targets(), base_values(), labels()},
                std::move(attrs));
  }

  void emit_share_labels(TreeOperands trees, const LeafShares& shares) {
    ValueId starts;
    if (!shares.starts.empty()) starts = rewriter_.constant(list_tensor(DType::u16, shares.starts), "tree_share_starts");
    const ValueId rows = rewriter_.constant(list_tensor(DType::u16, shares.shares), "tree_shares");
    emit_label("TreeShareLabels", std::move(trees), {rows, starts}, {{"classes", ensemble_.rule.targets}});
  }

  void emit_sum_labels(TreeOperands trees, const LabelSum& sum) {
    const ValueId values = rewriter_.constant(real_list(sum.values), "tree_leaf_weights");
    const DType dtype = std::ranges::max(sum.numbers) <= 255 ? DType::u8 : DType::u16;
    const ValueId numbers = rewriter_.constant(list_tensor(dtype, sum.numbers), "tree_leaf_numbers");
    emit_label("TreeSumLabels", std::move(trees), {values, numbers}, {{"leaf_is_number", std::int64_t{sum.leaf_is_number}}, {"limit", sum.limit}});
  }

  void emit_vote_labels(TreeOperands trees, const LeafSums& sums) {
    const std::int64_t classes = std::max<std::int64_t>(2, sums.targets);
    emit_label("TreeVoteLabels", std::move(trees), {}, {{"classes", classes}, {"limit", label_rule_of(sums, ensemble_.rule)->limit}});
  }

  // The label is all that is read, and follows from votes.
  [[nodiscard]] bool has_vote_label(const LeafSums& sums) const {
    return !sums.vote_values.empty() && !is_read(rewriter_, node_, 1) && label_rule_of(sums, ensemble_.rule);
  }

  void emit_scores(TreeOperands trees, const LeafSums& sums) {
    const ValueId summed = emit_sums(std::move(trees), sums);
    Attrs attrs = score_attributes();
    attrs["only_target"] = sums.only_target;
    attrs["trees"] = static_cast<std::int64_t>(graph_.roots.size());
    if (const auto rule = label_rule_of(sums, ensemble_.rule); rule && !is_read(rewriter_, node_, 1)) {
      attrs["labels_only"] = std::int64_t{1};
      attrs["limit"] = rule->limit;
      rewriter_.replace(node_.outputs[0], rewriter_.emit("TreeScores", trimmed({summed, {}, {}, labels()}), std::move(attrs)));
      return;
    }
    ValueId votes;
    if (!sums.vote_values.empty()) votes = rewriter_.constant(real_list(sums.vote_values), "tree_vote_values");
    replace_all("TreeScores", {summed, votes, base_values(), labels()}, std::move(attrs));
  }

 private:
  // `tables`: of the leaves.
  void emit_label(std::string_view op, TreeOperands trees, const std::vector<ValueId>& tables, const Attrs& attrs) {
    if (!ensemble_.class_names.empty()) trees.attrs["classlabels_strings"] = ensemble_.class_names;
    trees.attrs.insert(attrs.begin(), attrs.end());
    trees.inputs.insert(trees.inputs.end(), tables.begin(), tables.end());
    trees.inputs.push_back(labels());
    rewriter_.replace(node_.outputs[0], rewriter_.emit(op, trimmed(std::move(trees.inputs)), std::move(trees.attrs)));
  }

  static Tensor real_list(const std::vector<float>& values) {
    Tensor tensor = Tensor::zeros(DType::f32, *Shape::make({static_cast<std::int64_t>(values.size())}));
    std::ranges::copy(values, tensor.as<float>().begin());
    return tensor;
  }
  static std::vector<ValueId> trimmed(std::vector<ValueId> operands) {
    while (!operands.back()) operands.pop_back();
    return operands;
  }

  ValueId own_targets() {
    if (graph_.tree_targets.empty()) return {};
    const std::vector<std::int64_t> targets(graph_.tree_targets.begin(), graph_.tree_targets.end());
    return rewriter_.constant(target_tensor(ensemble_.rule.targets, targets), "tree_targets");
  }
  ValueId base_values() {
    const auto base = base_tensor(ensemble_.rule, graph_.rows.dtype);
    return base ? rewriter_.constant(*base, "tree_base_values") : ValueId{};
  }
  ValueId labels() {
    if (!ensemble_.rule.classifies || are_positions(ensemble_.labels)) return {};
    return rewriter_.constant(list_tensor(DType::s64, ensemble_.labels), "tree_labels");
  }

  [[nodiscard]] Attrs score_attributes() const {
    const ops::ScoreRule& rule = ensemble_.rule;
    Attrs attrs{{"targets", rule.targets},
                {"aggregate", static_cast<std::int64_t>(rule.aggregate)},
                {"post_transform", static_cast<std::int64_t>(rule.post_transform)},
                {"classifies", std::int64_t{rule.classifies}},
                {"one_class_weighted", std::int64_t{rule.one_class_weighted}},
                {"no_negative_weight", std::int64_t{rule.no_negative_weight}}};
    if (!ensemble_.class_names.empty()) attrs["classlabels_strings"] = ensemble_.class_names;
    return attrs;
  }

  ValueId emit_sums(TreeOperands trees, const LeafSums& sums) {
    trees.attrs["targets"] = sums.targets;
    trees.attrs["begins_negative"] = std::int64_t{sums.begins_negative};
    trees.attrs["vote_bytes"] = std::int64_t{graph_.roots.size() < 256 ? 1 : 2};
    if (!sums.vote_values.empty()) return rewriter_.emit("TreeSums", std::move(trees.inputs), std::move(trees.attrs));
    trees.inputs.push_back(rewriter_.constant(real_list(sums.values), "tree_leaf_weights"));
    ValueId starts, entries;
    if (!sums.starts.empty()) {
      starts = rewriter_.constant(index_tensor(sums.starts), "tree_leaf_starts");
      entries = rewriter_.constant(target_tensor(sums.targets, sums.entry_targets), "tree_leaf_targets");
    }
    trees.inputs.insert(trees.inputs.end(), {starts, entries, own_targets()});
    return rewriter_.emit("TreeSums", trimmed(std::move(trees.inputs)), std::move(trees.attrs));
  }

  // Every output is computed, also one that the model leaves out.
  void replace_all(std::string_view op, std::vector<ValueId> operands, Attrs attrs) {
    Node model{.op = find_op(op), .origin = node_.origin};
    const ValueId some = node_.outputs[0] ? node_.outputs[0] : node_.outputs[1];
    for (std::size_t i = 0; i < (ensemble_.rule.classifies ? 2U : 1U); ++i)
      model.outputs.push_back(i < node_.outputs.size() && node_.outputs[i] ? node_.outputs[i] : some);
    const std::vector<ValueId> results = rewriter_.emit_results_like(model, trimmed(std::move(operands)), std::move(attrs));
    for (std::size_t i = 0; i < node_.outputs.size(); ++i)
      if (node_.outputs[i]) rewriter_.replace(node_.outputs[i], results[i]);
  }

  Rewriter& rewriter_;
  const Node& node_;
  const ops::TreeEnsemble& ensemble_;
  const DecisionGraph& graph_;
};

}  // namespace

std::int64_t TreeForm::table_bytes(std::int64_t key_bytes) const {
  const auto code = static_cast<std::int64_t>(packed.code.size());
  if (!ranked) return code;
  constexpr std::int64_t search_bytes = 100;
  return code + static_cast<std::int64_t>(ranked->keys.size()) * key_bytes +
         static_cast<std::int64_t>(ranked->starts.size()) * 2 + search_bytes;
}

bool is_read(const Rewriter& rewriter, const Node& node, std::size_t output) {
  return output < node.outputs.size() && node.outputs[output] && rewriter.uses(node.outputs[output]) > 0;
}

void emit_trees(Rewriter& rewriter, const Node& node, const ops::TreeEnsemble& ensemble, const DecisionGraph& graph,
                const TreeForm& form, const LeafForm& leaves, ValueId x) {
  TreeOperands trees = tree_operands(rewriter, form, form.in_place ? x : emit_columns(rewriter, graph, form, x));
  TreeEmitter emitter(rewriter, node, ensemble, graph);
  if (leaves.shares)
    emitter.emit_share_labels(std::move(trees), *leaves.shares);
  else if (leaves.label_sum)
    emitter.emit_sum_labels(std::move(trees), *leaves.label_sum);
  else if (leaves.sums && emitter.has_vote_label(*leaves.sums))
    emitter.emit_vote_labels(std::move(trees), *leaves.sums);
  else if (leaves.sums)
    emitter.emit_scores(std::move(trees), *leaves.sums);
  else
    emitter.emit_votes(std::move(trees));
}

}  // namespace mote
