#include "tools/class_names.hpp"

#include <algorithm>
#include <array>

#include "lib/ops/support/tree_attributes.hpp"

namespace mote {
namespace {

// What keeps the classes and their order.
bool keeps_classes(const Node& node) {
  constexpr std::array<std::string_view, 8> ops{"Cast", "Identity", "Normalizer", "Reshape", "Sigmoid", "Softmax", "Squeeze", "ZipMap"};
  return std::ranges::find(ops, node.op->name) != ops.end();
}

}  // namespace

std::vector<std::string> class_names_of(const Graph& graph, ValueId output) {
  // Nodes are in topological order, so what gives a value lies before what reads it.
  for (std::size_t i = graph.nodes.size(); i-- > 0;) {
    const Node& node = graph.nodes[i];
    if (std::ranges::find(node.outputs, output) == node.outputs.end()) continue;
    const std::vector<std::string> names = ops::word_list(OpView{graph, node}, "classlabels_strings");
    if (!names.empty() || !keeps_classes(node)) return names;
    output = node.inputs[0];
  }
  return {};
}

}  // namespace mote
