// dead-code: removes nodes whose results nobody reads, optional results that nobody reads, and values without a
// definition left. Graph inputs stay: they are the interface.
#include <algorithm>

#include "lib/ops/op_def.hpp"
#include "passes/canonical/canonical.hpp"

namespace mote {
namespace {

// From the outputs backwards; a topological order needs a single reverse sweep.
std::vector<bool> live_values(const Graph& graph, std::vector<bool>& live_nodes) {
  std::vector<bool> live(graph.values.size(), false);
  for (const ValueId id : graph.outputs) live[*id] = true;
  for (std::size_t i = graph.nodes.size(); i > 0; --i) {
    const Node& node = graph.nodes[i - 1];
    live_nodes[i - 1] = std::ranges::any_of(node.outputs, [&](ValueId id) { return id && live[*id]; });
    if (!live_nodes[i - 1]) continue;
    for (const ValueId id : node.inputs)
      if (id) live[*id] = true;
  }
  return live;
}

// Results beyond the operator's minimum may be left out (MaxPool's indices).
void drop_unread_results(Node& node, const std::vector<bool>& live) {
  for (std::size_t i = node.op->arity.min_out; i < node.outputs.size(); ++i)
    if (node.outputs[i] && !live[*node.outputs[i]]) node.outputs[i] = {};
  while (node.outputs.size() > node.op->arity.min_out && !node.outputs.back()) node.outputs.pop_back();
}

}  // namespace

Result<Graph> dead_code(Graph graph, const PassContext&) {
  std::vector<bool> live_nodes(graph.nodes.size(), false);
  std::vector<bool> kept = live_values(graph, live_nodes);
  std::vector<Node> nodes;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    if (!live_nodes[i]) continue;
    // Variadic results (Split) are counted by the type rule: they stay.
    if (graph.nodes[i].op->arity.max_out != 255) drop_unread_results(graph.nodes[i], kept);
    nodes.push_back(std::move(graph.nodes[i]));
  }
  for (const Node& node : nodes)
    for (const ValueId id : node.outputs)
      if (id) kept[*id] = true;
  for (const ValueId id : graph.inputs) kept[*id] = true;

  Graph result{.name = std::move(graph.name)};
  std::vector<ValueId> renumbered(graph.values.size());
  for (std::size_t i = 0; i < graph.values.size(); ++i) {
    if (!kept[i]) continue;
    renumbered[i] = ValueId{static_cast<std::uint32_t>(result.values.size())};
    result.values.push_back(std::move(graph.values[i]));
  }
  const auto renumber = [&](std::vector<ValueId>& ids) {
    for (ValueId& id : ids)
      if (id) id = renumbered[*id];
  };
  for (Node& node : nodes) {
    renumber(node.inputs);
    renumber(node.outputs);
  }
  renumber(graph.inputs);
  renumber(graph.outputs);
  result.nodes = std::move(nodes);
  result.inputs = std::move(graph.inputs);
  result.outputs = std::move(graph.outputs);
  return result;
}

}  // namespace mote
