#pragma once
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "lib/ops/kernel_call.hpp"
#include "tests/ops/single_node.hpp"

namespace mote::test {

// The operands of a call in its order, each an input or an output of the node.
struct Call {
  const KernelCall& call;
  const Graph& graph;
  const std::vector<Tensor>& inputs;
  std::vector<Tensor>& outputs;

  [[nodiscard]] const Value& value(std::size_t i) const { return graph.at(call.operands[i]); }
  template <class T>
  [[nodiscard]] const T* input(std::size_t i) const {
    const Node& node = graph.nodes.front();
    for (std::size_t k = 0; k < node.inputs.size(); ++k)
      if (call.operands[i] && node.inputs[k] == call.operands[i]) return inputs[k].as<T>().data();
    return nullptr;
  }
  template <class T>
  [[nodiscard]] T* output(std::size_t i) const {
    const Node& node = graph.nodes.front();
    for (std::size_t k = 0; k < node.outputs.size(); ++k)
      if (call.operands[i] && node.outputs[k] == call.operands[i]) return outputs[k].as<T>().data();
    return nullptr;
  }
};

using Runner = std::function<void(const Call&)>;

// Runners by kernel name, for convolutions, poolings, matrix products and softmax.
const std::map<std::string, Runner>& numeric_runners();
// For reductions and positions of extremes.
const std::map<std::string, Runner>& reduction_runners();
// For functions of one operand, casts, Gather, and tensors made from nothing.
const std::map<std::string, Runner>& elementwise_runners();
// For functions of two and three operands with broadcasting.
const std::map<std::string, Runner>& broadcast_runners();
// For recurrent layers.
const std::map<std::string, Runner>& recurrent_runners();
// For resampling.
const std::map<std::string, Runner>& resampling_runners();
const std::map<std::string, Runner>& quantized_recurrent_runners();
// For integer inference.
const std::map<std::string, Runner>& integer_runners();
// For the features of decision trees.
const std::map<std::string, Runner>& tree_runners();
// For support vector machines, neighbours and the features in front of them.
const std::map<std::string, Runner>& distance_runners();

// Runs the real kernel templates with the geometry of a KernelCall, bound at run time: a geometry whose members are
// static variables instead of constants. Returns false for a kernel that takes template constants (concat, split),
// which only a compiler can run.
bool run_kernel(const KernelCall& call, const Graph& graph, const std::vector<Tensor>& operands,
                std::vector<Tensor>& outputs);

}  // namespace mote::test
