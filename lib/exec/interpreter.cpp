#include "lib/exec/interpreter.hpp"

#include <algorithm>

#include "lib/support/rng.hpp"

namespace mote {
namespace {

std::string type_text(DType dtype, const Shape& shape) { return std::string(name_of(dtype)) + " " + shape.text(); }

std::optional<Diagnostic> check_input(const Value& expected, const Tensor& given) {
  if (given.dtype == expected.type.dtype && given.shape == expected.type.shape) return std::nullopt;
  return Diagnostic{.code = Code::shape_mismatch,
                    .message = "input is " + type_text(given.dtype, given.shape) + ", expected " +
                               type_text(expected.type.dtype, expected.type.shape),
                    .where = {.file = {}, .node = {}, .op_type = {}, .value = expected.name}};
}

// The step after which each value is no longer read; keeps the working set of a long chain small.
std::vector<std::size_t> last_uses(const Graph& graph) {
  std::vector<std::size_t> last(graph.values.size(), 0);
  for (std::size_t step = 0; step < graph.nodes.size(); ++step)
    for (const ValueId id : graph.nodes[step].inputs)
      if (id) last[*id] = step;
  for (const ValueId id : graph.outputs) last[*id] = graph.nodes.size();
  return last;
}

}  // namespace

Result<std::vector<Tensor>> interpret(const Graph& graph, std::span<const Tensor> inputs, Precision precision,
                                      const ValueObserver& observe) {
  if (inputs.size() != graph.inputs.size())
    return Diagnostic{.code = Code::wrong_arity,
                      .message = std::to_string(inputs.size()) + " inputs given, the model has " +
                                 std::to_string(graph.inputs.size())};
  std::vector<Tensor> tensors(graph.values.size());
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const Value& value = graph.at(graph.inputs[i]);
    if (auto problem = check_input(value, inputs[i])) return *std::move(problem);
    tensors[*graph.inputs[i]] = convert(inputs[i], computed_dtype(value.type.dtype, precision));
    if (observe) observe(graph.inputs[i], tensors[*graph.inputs[i]]);
  }
  for (std::size_t i = 0; i < graph.values.size(); ++i) {
    const ValueId id{static_cast<std::uint32_t>(i)};
    if (graph.at(id).is_constant())
      tensors[i] = convert(graph.constant(id), computed_dtype(graph.at(id).type.dtype, precision));
  }

  const std::vector<std::size_t> last = last_uses(graph);
  for (std::size_t step = 0; step < graph.nodes.size(); ++step) {
    const Node& node = graph.nodes[step];
    std::vector<const Tensor*> operands;
    for (const ValueId id : node.inputs) operands.push_back(id ? &tensors[*id] : nullptr);
    std::vector<Tensor> results = evaluate_node(graph, node, operands, precision);
    for (std::size_t i = 0; i < results.size(); ++i) {
      if (!node.outputs[i]) continue;
      if (observe) observe(node.outputs[i], results[i]);
      tensors[*node.outputs[i]] = std::move(results[i]);
    }
    for (const ValueId id : node.inputs)
      if (id && last[*id] == step && !graph.at(id).is_constant()) tensors[*id] = {};
  }

  std::vector<Tensor> outputs;
  for (const ValueId id : graph.outputs) outputs.push_back(tensors[*id]);
  return outputs;
}

std::vector<Tensor> random_inputs(const Graph& graph, std::uint64_t seed) {
  Rng rng(seed);
  std::vector<Tensor> inputs;
  for (const ValueId id : graph.inputs) {
    const TensorType& type = graph.at(id).type;
    Tensor tensor = Tensor::zeros(type.dtype, type.shape);
    visit_dtype(type.dtype, [&]<class T>() {
      for (T& element : tensor.as<T>()) {
        if constexpr (std::is_floating_point_v<T>)
          element = static_cast<T>(rng.real(-1.0F, 1.0F));
        else
          element = static_cast<T>(rng.integer(0, type.dtype == DType::boolean ? 1 : 3));
      }
    });
    inputs.push_back(std::move(tensor));
  }
  return inputs;
}

}  // namespace mote
