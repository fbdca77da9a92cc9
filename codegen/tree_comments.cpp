#include "codegen/tree_comments.hpp"

#include <numeric>

#include "codegen/names.hpp"
#include "lib/ops/op_def.hpp"
#include "lib/ops/support/order_key.hpp"
#include "lib/support/text.hpp"

namespace mote {

TreeComments::TreeComments(const Plan& plan, const Node& reader) {
  const OpView trees{plan.graph, reader};
  if (is_float(trees.in(0).dtype)) {
    name_ = comment_text(plan.graph.at(reader.inputs[0]).name);
    features_.resize(static_cast<std::size_t>(trees.in(0).shape[1]));
    std::iota(features_.begin(), features_.end(), 0);
    return;
  }
  if (trees.has("rank_keys")) {
    name_ = comment_text(plan.graph.at(reader.inputs[0]).name);
    features_ = trees.integers("rank_features");
    starts_ = trees.integers("rank_starts");
    keys_ = trees.integers("rank_keys");
    return;
  }
  for (const Node& node : plan.graph.nodes) {
    if (node.outputs.empty() || node.outputs[0] != reader.inputs[0] || !node.op->name.ends_with("Features")) continue;
    const OpView op{plan.graph, node};
    name_ = comment_text(plan.graph.at(node.inputs[0]).name);
    features_ = op.constant(1).to_integers();
    double_ = op.in(0).dtype == DType::f64;
    if (node.op->name != "RankFeatures") continue;
    starts_ = op.constant(2).to_integers();
    keys_ = op.constant(3).to_integers();
  }
}

std::string TreeComments::text(const ops::TreeDecision& decision) const {
  if (features_.empty()) return {};
  std::int64_t key = decision.threshold;
  if (!starts_.empty()) key = keys_[static_cast<std::size_t>(starts_[decision.column] + key)];
  const std::string threshold = double_ ? number_text(ops::value_of_key(key))
                                        : number_text(ops::value_of_key(static_cast<std::int32_t>(key)));
  return name_ + "[" + std::to_string(features_[decision.column]) + "] <= " + threshold;
}

}  // namespace mote
