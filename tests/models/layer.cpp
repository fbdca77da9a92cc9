#include "tests/models/layer.hpp"

#include "lib/ops/op_def.hpp"

namespace mote::test {

Layer::Layer(const Graph& graph, const Node& last) : graph_(graph), last_(last) {
  for (const Node& node : graph.nodes)
    for (const ValueId id : node.outputs)
      if (id) producers_[*id] = &node;
  collect(last.outputs[0], true);
}

std::vector<ValueId> Layer::sources() const {
  std::vector<ValueId> ids;
  for (const std::size_t source : sources_) ids.emplace_back(static_cast<std::uint32_t>(source));
  return ids;
}

Graph Layer::graph() const {
  Graph layer = graph_;
  layer.nodes.clear();
  layer.inputs.clear();
  layer.outputs = {last_.outputs[0]};
  for (const ValueId source : sources()) {
    const auto producer = producers_.find(*source);
    layer.inputs.push_back(source);
    if (producer == producers_.end()) continue;
    layer.inputs.back() = layer.add_value(layer.at(source).name + "_before", layer.at(source).type);
    Node again = *producer->second;
    again.inputs[0] = layer.inputs.back();
    layer.nodes.push_back(std::move(again));
  }
  for (const Node& node : graph_.nodes)
    if (nodes_.contains(&node)) layer.nodes.push_back(node);
  return layer;
}

void Layer::collect(ValueId id, bool is_result) {
  if (!id || graph_.at(id).is_constant()) return;
  const auto producer = producers_.find(*id);
  const auto is_parameter = [&](const Node& node) { return graph_.at(node.inputs[0]).is_constant(); };
  const bool is_border = producer == producers_.end() || (!is_result && producer->second->op->name == "FakeQuantize" &&
                                                          !is_parameter(*producer->second));
  if (is_border) {
    sources_.insert(*id);
    return;
  }
  if (!nodes_.insert(producer->second).second) return;
  for (const ValueId input : producer->second->inputs) collect(input, false);
}

}  // namespace mote::test
