#include "lib/exec/host_program.hpp"

#include "lib/exec/host_steps.hpp"

namespace mote {

HostProgram::HostProgram(Graph graph) : graph_(std::move(graph)), tensors_(graph_.values.size()) {
  HostSteps program = host_steps(graph_);
  std::vector<bool> is_used(graph_.values.size(), false);
  for (const ValueId id : graph_.inputs) is_used[*id] = true;
  for (const HostStep& step : program.steps)
    for (const ValueId id : graph_.nodes[step.node].outputs)
      if (id) is_used[*id] = true;
  for (std::uint32_t i = 0; i < graph_.values.size(); ++i) {
    const Value& value = graph_.values[i];
    if (value.is_constant())
      tensors_[i] = graph_.constant(ValueId{i});
    else if (is_used[i])
      tensors_[i] = Tensor::zeros(value.type.dtype, value.type.shape);
  }
  for (HostStep& step : program.steps) {
    for (ValueId& id : step.operands) id = id ? program.storage[*id] : id;
    steps_.push_back({.node = step.node, .kernel = std::move(step.kernel), .operands = std::move(step.operands)});
  }
}

// Kernels keep nothing of the graph that they were chosen for, so that a copy may run them.
void HostProgram::run() {
  std::vector<const Tensor*> operands;
  std::vector<Tensor> results;
  for (const Step& step : steps_) {
    const Node& node = graph_.nodes[step.node];
    operands.clear();
    results.clear();
    for (const ValueId id : step.operands) operands.push_back(id ? &tensors_[*id] : nullptr);
    for (const ValueId id : node.outputs) results.push_back(id ? std::move(tensors_[*id]) : Tensor{});
    if (step.kernel) {
      step.kernel(operands, results);
    } else {
      for (Tensor& result : results) std::fill(result.bytes.begin(), result.bytes.end(), std::byte{0});
      node.op->eval({graph_, node}, operands, results);
    }
    for (std::size_t j = 0; j < results.size(); ++j)
      if (node.outputs[j]) tensors_[*node.outputs[j]] = std::move(results[j]);
  }
}

}  // namespace mote
