#include "tests/ops/single_node.hpp"

#include <algorithm>
#include <numeric>

#include <catch2/catch.hpp>

namespace mote::test {
namespace {

Tensor random_tensor(Rng& rng, const Sample::Input& input) {
  Tensor tensor = Tensor::zeros(input.type.dtype, input.type.shape);
  visit_dtype(tensor.dtype, [&]<class T>() {
    for (T& element : tensor.as<T>()) {
      if (tensor.dtype == DType::boolean)
        element = static_cast<T>(rng.integer(0, 1));
      else if constexpr (std::is_floating_point_v<T>)
        element = static_cast<T>(rng.real(input.low, input.high));
      else
        element =
            static_cast<T>(rng.integer(static_cast<std::int64_t>(input.low), static_cast<std::int64_t>(input.high)));
    }
  });
  return tensor;
}

ValueId add_operand(Graph& graph, const Sample::Input& input, std::size_t i) {
  const std::string name = "x" + std::to_string(i);
  if (!input.present) return {};
  if (input.constant) return graph.add_constant(name, input.type, std::make_shared<const Bytes>(input.constant->bytes));
  const ValueId id = graph.add_value(name, input.type);
  graph.inputs.push_back(id);
  return id;
}

Sample sample_of(const Attrs& attrs, const std::vector<Tensor>& operands, std::size_t outputs,
                 const std::vector<std::size_t>& constants) {
  Sample sample{.attrs = attrs, .inputs = {}, .outputs = outputs};
  for (std::size_t i = 0; i < operands.size(); ++i) {
    Sample::Input input{.type = {.dtype = operands[i].dtype, .shape = operands[i].shape}};
    if (std::ranges::find(constants, i) != constants.end()) input.constant = operands[i];
    sample.inputs.push_back(std::move(input));
  }
  return sample;
}

}  // namespace

Tensor floats(std::vector<std::int64_t> extents, const std::vector<float>& elements) {
  return tensor<float>(DType::f32, std::move(extents), elements);
}
Tensor integers(std::vector<std::int64_t> extents, const std::vector<std::int64_t>& elements) {
  return tensor<std::int64_t>(DType::s64, std::move(extents), elements);
}
Tensor booleans(std::vector<std::int64_t> extents, const std::vector<std::uint8_t>& elements) {
  return tensor<std::uint8_t>(DType::boolean, std::move(extents), elements);
}

Tensor counting(std::vector<std::int64_t> extents) {
  Tensor result = Tensor::zeros(DType::f32, *Shape::make(std::move(extents)));
  std::iota(result.as<float>().begin(), result.as<float>().end(), 0.0F);
  return result;
}

std::vector<std::int64_t> extents(const Tensor& tensor) {
  return {tensor.shape.extents().begin(), tensor.shape.extents().end()};
}

Result<Graph> single_node(const OpDef& op, const Sample& sample) {
  Graph graph{.name = "single"};
  Node node{.op = &op,
            .attrs = sample.attrs,
            .origin = {.file = {}, .node = "n", .op_type = std::string(op.name), .value = {}}};
  MOTE_TRY_STATUS(complete_attributes(op, node.attrs, node.origin));
  for (std::size_t i = 0; i < sample.inputs.size(); ++i) node.inputs.push_back(add_operand(graph, sample.inputs[i], i));
  for (std::size_t i = 0; i < sample.outputs; ++i) node.outputs.push_back(graph.add_value("y" + std::to_string(i), {}));
  MOTE_TRY(const Types types, infer_types(graph, node));
  MOTE_CHECK(types.size() == sample.outputs);
  for (std::size_t i = 0; i < types.size(); ++i) graph.at(node.outputs[i]).type = types[i];
  graph.outputs = node.outputs;
  graph.nodes.push_back(std::move(node));
  return graph;
}

Instance draw(const OpDef& op, Rng& rng) { return instance_of(op, op.sample(rng), rng); }

Instance instance_of(const OpDef& op, const Sample& sample, Rng& rng) {
  auto graph = single_node(op, sample);
  if (!graph) FAIL(render(graph.error()));
  Instance instance{.graph = *std::move(graph), .operands = {}};
  for (const Sample::Input& input : sample.inputs)
    instance.operands.push_back(!input.present   ? Tensor{}
                                : input.constant ? *input.constant
                                                 : random_tensor(rng, input));
  return instance;
}

std::vector<Tensor> evaluate(const Graph& graph, const std::vector<Tensor>& operands, Precision precision) {
  const Node& node = graph.nodes.front();
  std::vector<Tensor> computed;
  for (const Tensor& operand : operands) computed.push_back(convert(operand, computed_dtype(operand.dtype, precision)));
  std::vector<const Tensor*> pointers;
  for (std::size_t i = 0; i < node.inputs.size(); ++i) pointers.push_back(node.inputs[i] ? &computed[i] : nullptr);
  return evaluate_node(graph, node, pointers, precision);
}

Result<std::vector<Tensor>> run(std::string_view op, const Attrs& attrs, const std::vector<Tensor>& operands,
                                std::size_t outputs, const std::vector<std::size_t>& constants) {
  const OpDef* def = find_op(op);
  REQUIRE(def != nullptr);
  MOTE_TRY(const Graph graph, single_node(*def, sample_of(attrs, operands, outputs, constants)));
  return evaluate(graph, operands);
}

Tensor run_one(std::string_view op, const Attrs& attrs, const std::vector<Tensor>& operands,
               const std::vector<std::size_t>& constants) {
  auto results = run(op, attrs, operands, 1, constants);
  if (!results) FAIL(render(results.error()));
  return results->front();
}

Code rejection(std::string_view op, const Attrs& attrs, const std::vector<Tensor>& operands, std::size_t outputs,
               const std::vector<std::size_t>& constants) {
  const auto results = run(op, attrs, operands, outputs, constants);
  if (results) FAIL(op << " accepted its operands");
  INFO(render(results.error()));
  CHECK_FALSE(results.error().message.empty());
  return results.error().code;
}

}  // namespace mote::test
