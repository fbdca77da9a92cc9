// Poolings of quantized elements share bytes with their input as those of floats do.
#include <catch2/catch.hpp>

#include "lib/ops/op_def.hpp"
#include "passes/plan/make_plan.hpp"

using namespace mote;

namespace {

constexpr std::int64_t width = 9;

ValueId add_node(Graph& graph, std::string_view op, Attrs attrs, std::vector<ValueId> inputs) {
  Node node{.op = find_op(op), .attrs = std::move(attrs), .inputs = std::move(inputs), .outputs = {}, .origin = {}};
  REQUIRE(complete_attributes(*node.op, node.attrs, node.origin));
  node.outputs.push_back(graph.add_value(std::string(op), {}));
  auto types = infer_types(graph, node);
  if (!types) FAIL(render(types.error()));
  graph.at(node.outputs.front()).type = types->front();
  graph.nodes.push_back(node);
  return node.outputs.front();
}

ValueId one_integer(Graph& graph, std::int32_t value) {
  Tensor tensor = Tensor::zeros(DType::s32, *Shape::make({1}));
  tensor.as<std::int32_t>()[0] = value;
  const TensorType type{.dtype = tensor.dtype, .shape = tensor.shape};
  return graph.add_constant("constant", type, std::make_shared<const Bytes>(tensor.bytes));
}

// Relu, pooling, Relu: what lies between them is in the arena.
Plan plan_of(std::string_view pooling, DType dtype) {
  Graph graph{.name = "pooled"};
  const TensorType image{.dtype = dtype, .shape = *Shape::make({1, width, width, 5})};
  graph.inputs = {graph.add_value("x", image)};
  std::vector<ValueId> operands{add_node(graph, "Relu", {}, {graph.inputs[0]})};
  if (pooling == "QuantizedAveragePool2d") {
    operands.push_back(one_integer(graph, 0));
    operands.push_back(one_integer(graph, 1 << 28));
  }
  const Attrs window{{"kernel", std::vector<std::int64_t>{3, 3}}, {"strides", std::vector<std::int64_t>{2, 2}}};
  graph.outputs = {add_node(graph, "Relu", {}, {add_node(graph, pooling, window, operands)})};
  auto plan = make_plan(graph, Target{}, {});
  if (!plan) FAIL(render(plan.error()));
  return *std::move(plan);
}

}  // namespace

TEST_CASE("poolings of s8 lie over their input, at a quarter of the bytes of floats") {
  const Plan floats = plan_of("AveragePool2d", DType::f32);
  for (const std::string_view pooling : {"MaxPool2d", "QuantizedAveragePool2d"}) {
    INFO(pooling);
    const Plan plan = plan_of(pooling, DType::s8);
    CHECK(check(plan));
    CHECK(plan.arena_bytes * 4 == floats.arena_bytes);
    CHECK(plan.arena_bytes == width * width * 5);
  }
}
