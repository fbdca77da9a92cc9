#include "lib/exec/host_program.hpp"

#include "lib/exec/host_kernels.hpp"

namespace mote {

HostProgram::HostProgram(Graph graph) : graph_(std::move(graph)), tensors_(graph_.values.size()) {
  for (std::uint32_t i = 0; i < graph_.values.size(); ++i) {
    const Value& value = graph_.values[i];
    tensors_[i] = value.is_constant() ? graph_.constant(ValueId{i}) : Tensor::zeros(value.type.dtype, value.type.shape);
  }
  for (const Node& node : graph_.nodes) kernels_.push_back(host_kernel({graph_, node}));
}

// Kernels keep nothing of the graph that they were chosen for, so that a copy may run them.
void HostProgram::run() {
  std::vector<const Tensor*> operands;
  std::vector<Tensor> results;
  for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
    const Node& node = graph_.nodes[i];
    operands.clear();
    results.clear();
    for (const ValueId id : node.inputs) operands.push_back(id ? &tensors_[*id] : nullptr);
    for (const ValueId id : node.outputs) results.push_back(id ? std::move(tensors_[*id]) : Tensor{});
    if (kernels_[i]) {
      kernels_[i](operands, results);
    } else {
      for (Tensor& result : results) std::fill(result.bytes.begin(), result.bytes.end(), std::byte{0});
      node.op->eval({graph_, node}, operands, results);
    }
    for (std::size_t j = 0; j < results.size(); ++j)
      if (node.outputs[j]) tensors_[*node.outputs[j]] = std::move(results[j]);
  }
}

}  // namespace mote
