#include <algorithm>

#include "lib/ops/op_def.hpp"
#include "passes/trees/trees.hpp"

namespace mote {
namespace {

const Node* only_reader(const Graph& graph, ValueId id) {
  const Node* reader = nullptr;
  for (const Node& node : graph.nodes) {
    if (std::ranges::find(node.inputs, id) == node.inputs.end()) continue;
    if (reader != nullptr) return nullptr;
    reader = &node;
  }
  return std::ranges::find(graph.outputs, id) == graph.outputs.end() ? reader : nullptr;
}

void describe_ranks(const OpView& ranks, Node& trees) {
  constexpr std::size_t missing_operand = 4;
  trees.attrs["rank_features"] = ranks.constant(1).to_integers();
  trees.attrs["rank_starts"] = ranks.constant(2).to_integers();
  trees.attrs["rank_keys"] = ranks.constant(3).to_integers();
  if (ranks.has_in(missing_operand)) trees.attrs["rank_missing_is_low"] = ranks.constant(missing_operand).to_integers();
}

bool take_ranks(Graph& graph, ValueId input) {
  const Node* ranks = only_reader(graph, input);
  if (ranks == nullptr || ranks->op->name != "RankFeatures" || graph.at(input).type.dtype != DType::f32) return false;
  const ValueId columns = ranks->outputs[0];
  const Node* reader = only_reader(graph, columns);
  if (reader == nullptr || std::ranges::find(reader->op->attrs, "rank_features", &AttrSpec::name) == reader->op->attrs.end()) return false;
  Node& trees = graph.nodes[static_cast<std::size_t>(reader - graph.nodes.data())];
  describe_ranks({graph, *ranks}, trees);
  trees.inputs[0] = input;
  graph.at(input).type = graph.at(columns).type;
  graph.nodes.erase(graph.nodes.begin() + (ranks - graph.nodes.data()));
  return true;
}

}  // namespace

Result<Graph> rank_interface(Graph graph, const PassContext& context) {
  if (!context.rank_inputs) return graph;
  bool some = false;
  for (std::size_t i = 0; i < graph.inputs.size(); ++i) some = take_ranks(graph, graph.inputs[i]) || some;
  if (some) return graph;
  return Diagnostic{.code = Code::unsupported_form,
                    .message = "no input can be taken as ranks: none is float32 rows that only decision trees read",
                    .where = {},
                    .help = {"leave the inputs as they are: without --tree-features ranks"}};
}

}  // namespace mote
