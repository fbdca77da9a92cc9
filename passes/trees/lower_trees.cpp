#include <algorithm>
#include <array>

#include "lib/ops/support/branch_code.hpp"
#include "lib/ops/support/tree_ensemble.hpp"
#include "passes/match.hpp"
#include "passes/trees/emit_trees.hpp"
#include "passes/trees/trees.hpp"

namespace mote {
namespace {

constexpr std::array<std::string_view, 3> ensembles{"TreeEnsembleClassifier", "TreeEnsembleRegressor", "TreeEnsemble"};

// Rows of float features: integers are compared as float32, a single row has no axis of its own.
ValueId feature_rows(Rewriter& rewriter, ValueId x) {
  if (!is_float(rewriter.type(x).dtype)) x = rewriter.emit("Cast", {x}, {{"to", std::int64_t{1}}});
  const Shape& shape = rewriter.type(x).shape;
  return shape.rank() == 2 ? x : emit_reshape(rewriter, x, {1, shape.elements()});
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
  const auto decisions = static_cast<std::int64_t>(graph.decisions.size());
  return ops::branch_code_bytes(context.target, packed.format.threshold, decisions) + rows < context.target.weights().usable_bytes() / 2;
}

// Branches compare float32 features where they are, unless a NaN is to be below some threshold.
bool read_in_place(DecisionGraph& graph, DType features) {
  const auto low = [](const TreeColumn& column) { return column.missing_is_low; };
  if (features != DType::f32 || std::ranges::any_of(graph.columns, low)) return false;
  for (auto& decision : graph.decisions) decision.column = graph.columns[decision.column].feature;
  return true;
}

// The compilers of 8-bit cores make no array that is longer than a signed pointer difference.
bool fits_an_array(const PackedTrees& packed, const Target& target) {
  return target_class(target) != TargetClass::avr || packed.code.size() <= 0x7FFF;
}

TreeForm choose_form(DecisionGraph& graph, DType features, bool sums, const PassContext& context) {
  const DType key_type = features == DType::f64 ? DType::s64 : DType::s32;
  std::vector<std::int64_t> keys;
  for (const auto& decision : graph.decisions) keys.push_back(decision.key);
  TreeForm plain{.packed = pack_trees(graph, keys, key_type)};
  plain.branches = wants_branches(graph, plain.packed, context);
  if (plain.branches && !context.rank_inputs) {
    plain.in_place = sums && read_in_place(graph, features);
    if (plain.in_place) plain.packed = pack_trees(graph, keys, key_type);
    return plain;
  }
  auto ranked = rank_thresholds(graph);
  if (!ranked) return plain;
  TreeForm by_rank{.packed = pack_trees(graph, ranked->ranks, ranked->dtype)};
  by_rank.ranked = std::move(ranked);
  by_rank.branches = plain.branches;
  const std::int64_t key_bytes = byte_size(key_type);
  TreeForm chosen = context.rank_inputs || by_rank.table_bytes(key_bytes) < plain.table_bytes(key_bytes) ? by_rank : plain;
  chosen.branches = chosen.branches || !fits_an_array(chosen.packed, context.target);
  return chosen;
}

LeafForm leaf_form(DecisionGraph& graph, const ops::ScoreRule& rule, bool scores_are_read) {
  LeafForm form{.sums = leaf_sums_of(graph, rule)};
  if (!form.sums || scores_are_read) return form;
  form.shares = leaf_shares_of(graph, *form.sums, rule);
  if (!form.shares) form.label_sum = label_sum_of(graph, *form.sums, rule);
  return form;
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
    if (!is_read(rewriter, node, 0) && !is_read(rewriter, node, 1)) {  // dead code
      rewriter.keep();
      continue;
    }
    MOTE_TRY(const ops::TreeEnsemble ensemble, ops::tree_ensemble_of(rewriter.view(node)));
    const ValueId x = feature_rows(rewriter, node.inputs[0]);
    const DType features = rewriter.type(x).dtype;
    DecisionGraph decisions = decision_graph_of(ensemble, features);
    const LeafForm leaves = leaf_form(decisions, ensemble.rule, is_read(rewriter, node, 1));
    const TreeForm form = choose_form(decisions, features, leaves.sums.has_value(), context);
    emit_trees(rewriter, node, ensemble, decisions, form, leaves, x);
  }
  return std::move(rewriter).finish();
}

}  // namespace mote
