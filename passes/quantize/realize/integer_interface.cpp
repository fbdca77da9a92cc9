// integer-interface: inputs and outputs that are quantized at the border anyway become integers themselves; the caller
// quantizes, with the scale and zero point that the type of the value publishes.
#include <algorithm>

#include "passes/quantize/options.hpp"
#include "passes/quantize/quantize.hpp"
#include "passes/quantize/stored.hpp"

namespace mote {
namespace {

std::vector<std::size_t> use_counts(const Graph& graph) {
  std::vector<std::size_t> uses(graph.values.size(), 0);
  for (const Node& node : graph.nodes)
    for (const ValueId id : node.inputs)
      if (id) ++uses[*id];
  for (const ValueId id : graph.outputs) ++uses[*id];
  return uses;
}

TensorType quantized_type(const Graph& graph, ValueId levels, const Grid& grid) {
  TensorType type = graph.at(levels).type;
  type.quant = QuantParams{.scale = {grid.scale}, .zero_point = {grid.zero_point}, .axis = {}};
  return type;
}

void replace_reads(Graph& graph, ValueId from, ValueId to) {
  for (Node& node : graph.nodes) std::ranges::replace(node.inputs, from, to);
}

// QuantizeLinear(input), its only reader: the input takes the place of the levels.
void integer_input(Graph& graph, std::size_t index, const std::vector<std::size_t>& uses) {
  const ValueId input = graph.inputs[index];
  const auto reader = std::ranges::find_if(graph.nodes, [&](const Node& node) {
    return node.op->name == "QuantizeLinear" && node.inputs[0] == input;
  });
  if (reader == graph.nodes.end() || uses[*input] != 1) return;
  const ValueId levels = reader->outputs[0];
  const auto grid = grid_of_quantization(graph, *reader, graph.at(levels).type.dtype);
  if (!grid) return;
  graph.at(input).type = quantized_type(graph, levels, *grid);
  graph.nodes.erase(reader);
  replace_reads(graph, levels, input);
}

// The output's DequantizeLinear goes, and its name with it to the levels.
void integer_output(Graph& graph, std::size_t index, const std::vector<std::size_t>& uses) {
  const ValueId output = graph.outputs[index];
  const auto producer = std::ranges::find_if(graph.nodes, [&](const Node& node) {
    return node.op->name == "DequantizeLinear" && node.outputs[0] == output;
  });
  if (producer == graph.nodes.end() || uses[*output] != 1) return;
  const ValueId levels = producer->inputs[0];
  const auto grid = grid_of_quantization(graph, *producer, graph.at(levels).type.dtype);
  const bool is_interface = std::ranges::find(graph.inputs, levels) != graph.inputs.end() ||
                            std::ranges::find(graph.outputs, levels) != graph.outputs.end();
  if (!grid || is_interface || graph.at(levels).is_constant()) return;
  graph.nodes.erase(producer);
  graph.at(levels).type = quantized_type(graph, levels, *grid);
  std::swap(graph.at(levels).name, graph.at(output).name);
  graph.outputs[index] = levels;
}

}  // namespace

Result<Graph> integer_interface(Graph graph, const PassContext& context) {
  if (context.quantize == nullptr || !context.quantize->integer_interface) return graph;
  const std::vector<std::size_t> uses = use_counts(graph);
  for (std::size_t i = 0; i < graph.inputs.size(); ++i) integer_input(graph, i, uses);
  for (std::size_t i = 0; i < graph.outputs.size(); ++i) integer_output(graph, i, uses);
  return graph;
}

}  // namespace mote
