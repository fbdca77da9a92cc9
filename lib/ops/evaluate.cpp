#include "lib/ops/evaluate.hpp"

#include <algorithm>

namespace mote {

DType computed_dtype(DType declared, Precision precision) {
  return precision == Precision::reference && declared == DType::f32 ? DType::f64 : declared;
}

std::vector<Tensor> evaluate_node(const Graph& graph, const Node& node, Operands operands, Precision precision) {
  std::vector<Tensor> outputs;
  for (const ValueId id : node.outputs) {
    if (!id) {
      outputs.push_back({});
      continue;
    }
    const TensorType& type = graph.at(id).type;
    outputs.push_back(Tensor::zeros(computed_dtype(type.dtype, precision), type.shape));
  }
  node.op->eval({graph, node}, operands, outputs);
  return outputs;
}

bool all_constant(const Graph& graph, const Node& node) {
  return std::ranges::all_of(node.inputs, [&](ValueId id) { return !id || graph.at(id).is_constant(); });
}

std::vector<Tensor> fold_node(const Graph& graph, const Node& node) {
  std::vector<Tensor> constants(node.inputs.size());
  std::vector<const Tensor*> operands(node.inputs.size(), nullptr);
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    if (!node.inputs[i]) continue;
    constants[i] = graph.constant(node.inputs[i]);
    operands[i] = &constants[i];
  }
  return evaluate_node(graph, node, operands, Precision::single);
}

}  // namespace mote
