#include "passes/plan/separate_outputs.hpp"

#include <algorithm>
#include <optional>
#include <set>

#include "lib/ops/op_def.hpp"
#include "lib/support/check.hpp"
#include "passes/plan/views.hpp"

namespace mote {
namespace {

constexpr std::size_t no_node = SIZE_MAX;

std::size_t producer_of(const Graph& graph, ValueId value) {
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    if (std::ranges::find(graph.nodes[i].outputs, value) != graph.nodes[i].outputs.end()) return i;
  }
  return no_node;
}

// The value that owns the bytes of `value`, when `value` is all of them.
std::optional<ValueId> whole_owner(const Graph& graph, ValueId value) {
  const std::int64_t bytes = graph.at(value).type.bytes();
  for (std::size_t node = producer_of(graph, value); node != no_node; node = producer_of(graph, value)) {
    const auto view = input_view_of(graph, graph.nodes[node], value);
    if (!view) break;
    value = graph.nodes[node].inputs[view->input];
  }
  if (graph.at(value).type.bytes() != bytes) return std::nullopt;
  return value;
}

// Which outputs can have their owner's bytes: owners themselves first, because a view of one can still be copied.
std::vector<bool> outputs_with_own_bytes(const Graph& graph) {
  std::vector<bool> own(graph.outputs.size(), false);
  std::set<ValueId> claimed(graph.inputs.begin(), graph.inputs.end());
  for (const bool owners_only : {true, false}) {
    for (std::size_t i = 0; i < graph.outputs.size(); ++i) {
      const auto owner = whole_owner(graph, graph.outputs[i]);
      if (own[i] || !owner || graph.at(*owner).is_constant()) continue;
      if (owners_only && *owner != graph.outputs[i]) continue;
      own[i] = claimed.insert(*owner).second;
    }
  }
  return own;
}

Node copy_node(ValueId from, ValueId to, const Locus& origin) {
  const OpDef* identity = find_op("Identity");
  MOTE_CHECK(identity != nullptr);
  return {.op = identity, .attrs = {}, .inputs = {from}, .outputs = {to}, .origin = origin};
}

// The output keeps its name and becomes the result of a copy; all readers keep to the view, so that what other outputs
// were found to own stays true.
void copy_view(SeparatedGraph& separated, std::size_t view_node, ValueId output) {
  Graph& graph = separated.graph;
  const ValueId source = graph.add_value(graph.at(output).name + "_view", graph.at(output).type);
  for (Node& reader : graph.nodes) std::ranges::replace(reader.inputs, output, source);
  Node& node = graph.nodes[view_node];
  std::ranges::replace(node.outputs, output, source);
  const auto place = static_cast<std::ptrdiff_t>(view_node) + 1;
  const Node copy = copy_node(source, output, node.origin);
  graph.nodes.insert(graph.nodes.begin() + place, copy);
  separated.is_copy.insert(separated.is_copy.begin() + place, true);
}

void copy_to_new_value(SeparatedGraph& separated, std::size_t index) {
  Graph& graph = separated.graph;
  const ValueId source = graph.outputs[index];
  const ValueId copy = graph.add_value(graph.at(source).name, graph.at(source).type);
  graph.nodes.push_back(
      copy_node(source, copy, {.file = {}, .node = {}, .op_type = {}, .value = graph.at(source).name}));
  separated.is_copy.push_back(true);
  graph.outputs[index] = copy;
}

}  // namespace

SeparatedGraph separate_outputs(Graph graph) {
  SeparatedGraph separated{.graph = std::move(graph), .is_copy = {}};
  separated.is_copy.assign(separated.graph.nodes.size(), false);
  const std::vector<bool> own = outputs_with_own_bytes(separated.graph);
  for (std::size_t i = 0; i < own.size(); ++i) {
    if (own[i]) continue;
    const ValueId output = separated.graph.outputs[i];
    const std::size_t node = producer_of(separated.graph, output);
    const bool is_view = node != no_node && !separated.is_copy[node] &&
                         input_view_of(separated.graph, separated.graph.nodes[node], output).has_value();
    if (is_view && std::ranges::count(separated.graph.outputs, output) == 1) {
      copy_view(separated, node, output);
    } else {
      copy_to_new_value(separated, i);
    }
  }
  return separated;
}

}  // namespace mote
