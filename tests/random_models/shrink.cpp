#include "tests/random_models/shrink.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "lib/exec/interpreter.hpp"

namespace mote::random_models {
namespace {

using Ids = std::vector<ValueId>;

// Which nodes `outputs` need when `inputs` are given, and which of the inputs are read.
struct Needed {
  std::set<std::size_t> nodes{};
  std::set<ValueId> values{};
};

Needed needed_for(const Graph& graph, const Ids& inputs, const Ids& outputs) {
  Needed needed{.nodes = {}, .values = {outputs.begin(), outputs.end()}};
  const auto is_given = [&](ValueId id) { return std::ranges::find(inputs, id) != inputs.end(); };
  for (std::size_t i = graph.nodes.size(); i-- > 0;) {
    const Node& node = graph.nodes[i];
    const bool wanted = std::ranges::any_of(
        node.outputs, [&](ValueId id) { return id && needed.values.contains(id) && !is_given(id); });
    if (!wanted) continue;
    needed.nodes.insert(i);
    needed.values.insert(node.inputs.begin(), node.inputs.end());
  }
  return needed;
}

// The case with other inputs and outputs; the inputs take the values that they have in the whole network.
Case part_of(const Case& whole, const Ids& inputs, const Ids& outputs) {
  const Needed needed = needed_for(whole.graph, inputs, outputs);
  Ids read;
  std::ranges::copy_if(inputs, std::back_inserter(read), [&](ValueId id) { return needed.values.contains(id); });
  Case part{.number = whole.number, .graph = extracted(whole.graph, read, outputs), .inputs = {}};
  for (const std::vector<Tensor>& vector : whole.inputs) {
    std::map<ValueId, Tensor> values;
    for (std::size_t i = 0; i < vector.size(); ++i) values[whole.graph.inputs[i]] = vector[i];
    const auto run = interpret(whole.graph, vector, Precision::single,
                               [&](ValueId id, const Tensor& tensor) { values[id] = tensor; });
    MOTE_CHECK(run);
    part.inputs.emplace_back();
    for (const ValueId id : read) part.inputs.back().push_back(values.at(id));
  }
  return part;
}

Ids results_of(const Graph& graph) {
  Ids results;
  for (const Node& node : graph.nodes)
    std::ranges::copy_if(node.outputs, std::back_inserter(results), [](ValueId id) { return static_cast<bool>(id); });
  return results;
}

// Fewer nodes, or as many and fewer outputs.
bool is_smaller(const Case& a, const Case& b) {
  return std::pair(a.graph.nodes.size(), a.graph.outputs.size()) <
         std::pair(b.graph.nodes.size(), b.graph.outputs.size());
}

bool replace_if_fails(Case& failing, Case trial, const std::function<bool(const Case&)>& fails) {
  if (!is_smaller(trial, failing) || !fails(trial)) return false;
  failing = std::move(trial);
  return true;
}

// The first result that shows the failure alone.
bool cut_end(Case& failing, const std::function<bool(const Case&)>& fails) {
  return std::ranges::any_of(results_of(failing.graph), [&](ValueId id) {
    return replace_if_fails(failing, part_of(failing, failing.graph.inputs, {id}), fails);
  });
}

// The last result that may be given instead of computed.
bool cut_beginning(Case& failing, const std::function<bool(const Case&)>& fails) {
  Ids results = results_of(failing.graph);
  std::ranges::reverse(results);
  return std::ranges::any_of(results, [&](ValueId id) {
    if (std::ranges::find(failing.graph.outputs, id) != failing.graph.outputs.end()) return false;
    Ids inputs = failing.graph.inputs;
    inputs.push_back(id);
    return replace_if_fails(failing, part_of(failing, inputs, failing.graph.outputs), fails);
  });
}

}  // namespace

Graph extracted(const Graph& graph, const Ids& inputs, const Ids& outputs) {
  const Needed needed = needed_for(graph, inputs, outputs);
  Graph part{.name = graph.name};
  std::map<ValueId, ValueId> moved{{ValueId{}, ValueId{}}};
  const auto move = [&](ValueId id) {
    if (moved.contains(id)) return moved[id];
    const Value& value = graph.at(id);
    return moved[id] = value.is_constant() ? part.add_constant(value.name, value.type, value.data)
                                           : part.add_value(value.name, value.type);
  };
  const auto move_all = [&](const Ids& ids) {
    Ids result;
    std::ranges::transform(ids, std::back_inserter(result), move);
    return result;
  };
  part.inputs = move_all(inputs);
  for (const std::size_t i : needed.nodes) {
    Node node = graph.nodes[i];
    node.inputs = move_all(node.inputs);
    // A given value may be one of several results of a node that another result still needs.
    for (ValueId& id : node.outputs)
      id = std::ranges::find(inputs, id) == inputs.end() ? move(id) : part.add_value("given", graph.at(id).type);
    part.nodes.push_back(std::move(node));
  }
  part.outputs = move_all(outputs);
  return part;
}

Case shrink(Case failing, const std::function<bool(const Case&)>& fails) {
  while (cut_end(failing, fails) || cut_beginning(failing, fails)) {}
  return failing;
}

}  // namespace mote::random_models
