#include <algorithm>
#include <array>

#include "lib/ops/support/tree_ensemble.hpp"
#include "passes/match.hpp"
#include "passes/trees/pack_trees.hpp"
#include "passes/trees/trees.hpp"

namespace mote {
namespace {

constexpr std::array<std::string_view, 3> ensembles{"TreeEnsembleClassifier", "TreeEnsembleRegressor", "TreeEnsemble"};

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

// Rows of float features: integers are compared as float32, a single row has no axis of its own.
ValueId feature_rows(Rewriter& rewriter, ValueId x) {
  if (!is_float(rewriter.type(x).dtype)) x = rewriter.emit("Cast", {x}, {{"to", std::int64_t{1}}});
  const Shape& shape = rewriter.type(x).shape;
  return shape.rank() == 2 ? x : emit_reshape(rewriter, x, {1, shape.elements()});
}

// From the model's own numbers to bytes: one way to store the decisions, and what it costs.
struct Form {
  PackedTrees packed{};
  std::optional<RankedThresholds> ranked{};
  bool branches = false;

  [[nodiscard]] std::int64_t table_bytes(std::int64_t key_bytes) const {
    const auto code = static_cast<std::int64_t>(packed.code.size());
    // A list of starts, and the search in it.
    return ranked ? code + static_cast<std::int64_t>(ranked->keys.size()) * key_bytes +
                        static_cast<std::int64_t>(ranked->starts.size()) * 2 + 100
                  : code;
  }
};

// Flash of nested branches per decision, leaves and rows apart: comparison, threshold and branch of a 32-bit key.
std::int64_t branch_bytes(const Target& target, std::size_t decisions) {
  const std::int64_t each = target_class(target) == TargetClass::avr ? 26 : 14;
  return each * static_cast<std::int64_t>(decisions);
}

// Deeper trees are walked: a compiler's nesting and the stack have bounds.
constexpr std::uint32_t deepest_branches = 1000;

bool wants_branches(const DecisionGraph& graph, const PackedTrees& packed, const PassContext& context) {
  if (context.optimize == Optimize::size) return false;
  const auto facts = ops::facts_of(packed.code, packed.format, packed.roots);
  MOTE_CHECK(facts.has_value());
  if (facts->depth > deepest_branches) return false;
  if (context.optimize == Optimize::speed) return true;
  const std::int64_t rows = graph.rows.shape.elements() * byte_size(graph.rows.dtype);
  return branch_bytes(context.target, graph.decisions.size()) + rows < context.target.weights().usable_bytes() / 2;
}

Form choose_form(const DecisionGraph& graph, DType features, const PassContext& context) {
  const DType key_type = features == DType::f64 ? DType::s64 : DType::s32;
  std::vector<std::int64_t> keys;
  for (const auto& decision : graph.decisions) keys.push_back(decision.key);
  Form plain{.packed = pack_trees(graph, keys, key_type)};
  plain.branches = wants_branches(graph, plain.packed, context);
  if (plain.branches) return plain;
  auto ranked = rank_thresholds(graph);
  if (!ranked) return plain;
  Form by_rank{.packed = pack_trees(graph, ranked->ranks, ranked->dtype)};
  by_rank.ranked = std::move(ranked);
  const std::int64_t key_bytes = byte_size(key_type);
  return by_rank.table_bytes(key_bytes) < plain.table_bytes(key_bytes) ? by_rank : plain;
}

ValueId emit_columns(Rewriter& rewriter, const DecisionGraph& graph, const Form& form, ValueId x) {
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

ValueId emit_leaves(Rewriter& rewriter, const Form& form, ValueId columns) {
  const std::vector<std::int64_t> code(form.packed.code.begin(), form.packed.code.end());
  const ValueId bytes = rewriter.constant(list_tensor(DType::u8, code), "tree_code");
  const ValueId roots = rewriter.constant(index_tensor(form.packed.roots), "tree_roots");
  const auto attr = [](std::size_t value) { return static_cast<std::int64_t>(value); };
  return rewriter.emit("TreeLeaves", {columns, bytes, roots},
                       {{"branches", std::int64_t{form.branches}},
                        {"column_bytes", attr(form.packed.format.column_bytes)},
                        {"leaf_bytes", attr(form.packed.format.leaf_bytes)},
                        {"skip_bytes", attr(form.packed.format.skip_bytes)}});
}

Attrs votes_attributes(const ops::TreeEnsemble& ensemble, bool double_scores) {
  const ops::ScoreRule& rule = ensemble.rule;
  Attrs attrs{{"targets", rule.targets},
              {"aggregate", static_cast<std::int64_t>(rule.aggregate)},
              {"post_transform", static_cast<std::int64_t>(rule.post_transform)},
              {"classifies", std::int64_t{rule.classifies}},
              {"one_class_weighted", std::int64_t{rule.one_class_weighted}},
              {"no_negative_weight", std::int64_t{rule.no_negative_weight}},
              {"double_scores", std::int64_t{double_scores}}};
  if (!ensemble.class_names.empty()) attrs["classlabels_strings"] = ensemble.class_names;
  return attrs;
}

bool are_positions(const std::vector<std::int64_t>& labels) {
  for (std::size_t i = 0; i < labels.size(); ++i)
    if (labels[i] != static_cast<std::int64_t>(i)) return false;
  return true;
}

void emit_votes(Rewriter& rewriter, const Node& node, const ops::TreeEnsemble& ensemble, const DecisionGraph& graph,
                ValueId leaves) {
  const ops::ScoreRule& rule = ensemble.rule;
  std::vector<ValueId> operands(5);
  operands[0] = leaves;
  operands[1] = rewriter.constant(graph.rows, "tree_leaf_weights");
  if (!graph.tree_targets.empty()) {
    const std::vector<std::int64_t> targets(graph.tree_targets.begin(), graph.tree_targets.end());
    operands[2] = rewriter.constant(list_tensor(rule.targets <= 256 ? DType::u8 : DType::u16, targets), "tree_targets");
  }
  if (!rule.base_values.empty()) {
    Tensor base = Tensor::zeros(graph.rows.dtype, *Shape::make({static_cast<std::int64_t>(rule.base_values.size())}));
    for (std::size_t i = 0; i < rule.base_values.size(); ++i) {
      if (base.dtype == DType::f64)
        base.as<double>()[i] = rule.base_values[i];
      else
        base.as<float>()[i] = static_cast<float>(rule.base_values[i]);
    }
    operands[3] = rewriter.constant(base, "tree_base_values");
  }
  if (rule.classifies && !are_positions(ensemble.labels))
    operands[4] = rewriter.constant(list_tensor(DType::s64, ensemble.labels), "tree_labels");
  while (!operands.back()) operands.pop_back();

  // Every output is computed, also one that the model leaves out.
  Node model{.op = find_op("TreeVotes"), .origin = node.origin};
  const ValueId some = node.outputs[0] ? node.outputs[0] : node.outputs[1];
  for (std::size_t i = 0; i < (rule.classifies ? 2U : 1U); ++i)
    model.outputs.push_back(i < node.outputs.size() && node.outputs[i] ? node.outputs[i] : some);
  const bool double_scores = rewriter.type(node.outputs.back()).dtype == DType::f64;
  const std::vector<ValueId> results =
      rewriter.emit_results_like(model, std::move(operands), votes_attributes(ensemble, double_scores));
  for (std::size_t i = 0; i < node.outputs.size(); ++i)
    if (node.outputs[i]) rewriter.replace(node.outputs[i], results[i]);
}

}  // namespace

Result<Graph> lower_trees(Graph graph, const PassContext& context) {
  Rewriter rewriter(std::move(graph));
  while (const Node* next = rewriter.next()) {
    if (!is_one_of(next->op->name, ensembles)) {
      rewriter.keep();
      continue;
    }
    const Node node = *next;
    MOTE_TRY(const ops::TreeEnsemble ensemble, ops::tree_ensemble_of(rewriter.view(node)));
    const ValueId x = feature_rows(rewriter, node.inputs[0]);
    const DType features = rewriter.type(x).dtype;
    const DecisionGraph decisions = decision_graph_of(ensemble, features);
    const Form form = choose_form(decisions, features, context);
    const ValueId columns = emit_columns(rewriter, decisions, form, x);
    emit_votes(rewriter, node, ensemble, decisions, emit_leaves(rewriter, form, columns));
  }
  return std::move(rewriter).finish();
}

}  // namespace mote
