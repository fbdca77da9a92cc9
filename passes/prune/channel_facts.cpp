#include "passes/prune/channel_facts.hpp"

#include "lib/ops/op_classes.hpp"

namespace mote {
namespace {

std::vector<ChannelFact> input_facts(const TensorType& type) {
  if (!is_float(type.dtype)) return facts_of_type(type);
  return std::vector<ChannelFact>(channel_count(type), {.lowest = -largest_input, .highest = largest_input});
}

// Of elements that come from anywhere in the first operand.
std::vector<ChannelFact> moved_facts(const OpView& op, const std::vector<ChannelFact>& x) {
  ChannelFact all = x.front();
  for (const ChannelFact& fact : x) all = hull(all, fact);
  return std::vector<ChannelFact>(channel_count(op.out(0)), {.lowest = all.lowest, .highest = all.highest});
}

std::vector<ChannelFact> result_facts(const OpView& op, const ChannelFacts& facts) {
  if (const auto form = product_form(op))
    return form->integer ? integer_product_facts(op, *form, facts) : real_product_facts(op, *form, facts);
  const ChannelFlow flow = channel_flow(op);
  if (flow.kind == ChannelFlow::Kind::tied) return tied_facts(op, flow, facts);
  const bool moves = moves_elements(op.node.op->name) && op.has_in(0) && !facts[*op.node.inputs[0]].empty();
  return moves ? moved_facts(op, facts[*op.node.inputs[0]]) : facts_of_type(op.out(0));
}

}  // namespace

ChannelFacts channel_facts(const Graph& graph) {
  ChannelFacts facts(graph.values.size());
  for (const ValueId id : graph.inputs) facts[*id] = input_facts(graph.at(id).type);
  for (const Node& node : graph.nodes) {
    for (const ValueId id : node.outputs)
      if (id) facts[*id] = facts_of_type(graph.at(id).type);
    if (node.outputs.size() == 1) facts[*node.outputs[0]] = result_facts({graph, node}, facts);
  }
  return facts;
}

}  // namespace mote
