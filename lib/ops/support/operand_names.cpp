#include "lib/ops/support/operand_names.hpp"

#include <algorithm>
#include <array>

#include "lib/ops/support/tree_attributes.hpp"

namespace mote::ops {
namespace {

const Node* producer_of(const Graph& graph, ValueId id) {
  for (const Node& node : graph.nodes)
    if (std::ranges::find(node.outputs, id) != node.outputs.end()) return &node;
  return nullptr;
}

// What keeps the numbers, in whatever type and shape.
bool keeps_numbers(const Node& node) {
  constexpr std::array<std::string_view, 5> ops{"Cast", "Identity", "Reshape", "Squeeze", "Unsqueeze"};
  return std::ranges::find(ops, node.op->name) != ops.end();
}

}  // namespace

std::vector<std::string> operand_names(const OpView& op, std::size_t input) {
  ValueId id = op.node.inputs[input];
  const Node* node = producer_of(op.graph, id);
  while (node != nullptr && keeps_numbers(*node)) {
    id = node->inputs[0];
    node = producer_of(op.graph, id);
  }
  if (node == nullptr || node->outputs[0] != id) return {};
  return word_list(OpView{op.graph, *node}, "classlabels_strings");
}

}  // namespace mote::ops
