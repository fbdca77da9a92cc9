#include "lib/import/outputs.hpp"

#include <algorithm>
#include <set>

#include "lib/ops/op_def.hpp"

namespace mote {
namespace {

void pass_through(Graph& graph, ValueId& output) {
  const std::string name = graph.at(output).name;
  const bool constant = graph.at(output).is_constant();
  // The name of an input belongs to the input; that of a constant goes to the output.
  if (constant) graph.at(output).name = name + "_constant";
  const ValueId source = output;
  output = graph.add_value(constant ? name : name + "_output", graph.at(source).type);
  graph.nodes.push_back({.op = find_op("Identity"),
                         .inputs = {source},
                         .outputs = {output},
                         .origin = {.node = name, .op_type = "Identity"}});
}

}  // namespace

void produce_outputs(Graph& graph) {
  std::set<ValueId> produced;
  for (const Node& node : graph.nodes) produced.insert(node.outputs.begin(), node.outputs.end());
  for (ValueId& output : graph.outputs)
    if (!produced.contains(output)) pass_through(graph, output);
}

Status keep_outputs(Graph& graph, std::span<const std::string> names) {
  const auto name_of = [&](ValueId output) -> const std::string& { return graph.at(output).name; };
  for (const std::string& name : names) {
    if (std::ranges::find(graph.outputs, name, name_of) != graph.outputs.end()) continue;
    std::string known;
    for (const ValueId output : graph.outputs) known += (known.empty() ? "'" : ", '") + name_of(output) + "'";
    return Diagnostic{.code = Code::unknown_name,
                      .message = "the model has no output '" + name + "'",
                      .help = {"its outputs are: " + known}};
  }
  std::erase_if(graph.outputs, [&](ValueId output) { return std::ranges::find(names, name_of(output)) == names.end(); });
  return Ok{};
}

void drop_unread_constants(Graph& graph) {
  std::vector<bool> kept(graph.values.size());
  for (std::size_t i = 0; i < kept.size(); ++i) kept[i] = !graph.values[i].is_constant();
  for (const Node& node : graph.nodes)
    for (const ValueId id : node.inputs)
      if (id) kept[*id] = true;

  std::vector<ValueId> moved(graph.values.size());
  std::vector<Value> values;
  for (std::size_t i = 0; i < kept.size(); ++i) {
    if (!kept[i]) continue;
    moved[i] = ValueId{static_cast<std::uint32_t>(values.size())};
    values.push_back(std::move(graph.values[i]));
  }
  graph.values = std::move(values);
  const auto renumber = [&](std::vector<ValueId>& ids) {
    for (ValueId& id : ids)
      if (id) id = moved[*id];
  };
  for (Node& node : graph.nodes) {
    renumber(node.inputs);
    renumber(node.outputs);
  }
  renumber(graph.inputs);
  renumber(graph.outputs);
}

}  // namespace mote
