// Core operators between quantized values: the file computes what the graph computes, and gives the same integers.
#include <catch2/catch.hpp>
#include <cmath>

#include "lib/exec/interpreter.hpp"
#include "lib/ops/text_form.hpp"
#include "lib/quant/grid.hpp"
#include "passes/pass.hpp"
#include "tests/export/round_trip.hpp"
#include "tests/ops/single_node.hpp"

using namespace mote;
using namespace mote::test;

namespace {

ValueId fake_quantize(Graph& graph, ValueId real, const Grid& grid) {
  const ValueId result = graph.add_value(graph.at(real).name + "_on_grid", graph.at(real).type);
  graph.nodes.push_back({.op = find_op("FakeQuantize"),
                         .attrs = {{"scale", grid.scale},
                                   {"zero_point", std::int64_t{grid.zero_point}},
                                   {"lowest", std::int64_t{grid.lowest}},
                                   {"highest", std::int64_t{grid.highest}}},
                         .inputs = {real},
                         .outputs = {result},
                         .origin = {}});
  return result;
}

// x -> FakeQuantize -> operator -> FakeQuantize, as calibration leaves it.
Graph between_grids(Graph graph, Rng& rng) {
  Node node = graph.nodes[0];
  graph.nodes.clear();
  const int bits = rng.chance(5) ? 16 : 8;
  for (ValueId& id : node.inputs)
    if (id && !graph.at(id).is_constant())
      id = fake_quantize(graph, id, activation_grid(-static_cast<double>(rng.real(0.0F, 1.0F)),
                                                    static_cast<double>(rng.real(0.2F, 1.0F)), bits));
  graph.nodes.push_back(node);
  graph.outputs = {fake_quantize(graph, node.outputs[0],
                                 activation_grid(-static_cast<double>(rng.real(0.0F, 2.0F)),
                                                 static_cast<double>(rng.real(0.2F, 2.0F)), bits))};
  return graph;
}

Graph realized(const Graph& graph, std::span<const Pass> passes) {
  const Target target{};
  auto after = run_passes(passes, graph, {.target = target});
  INFO((after ? std::string() : render(after.error())));
  REQUIRE(after);
  return *std::move(after);
}

void check_operator(std::string_view name) {
  Rng rng(17);
  const OpDef* op = find_op(name);
  REQUIRE(op != nullptr);
  int compared = 0;
  for (int round = 0; round < 40; ++round) {
    INFO(name << ", sample " << round);
    const Instance drawn = draw(*op, rng);
    if (drawn.graph.at(drawn.graph.outputs[0]).type.dtype != DType::f32 || drawn.graph.inputs.empty()) continue;
    if (drawn.graph.at(drawn.graph.inputs[0]).type.dtype != DType::f32) continue;
    const Graph marked = between_grids(drawn.graph, rng);
    const Graph prepared = realized(marked, before_integers());
    const auto exported = export_onnx(prepared);
    INFO((exported ? std::string() : render(exported.error())));
    REQUIRE(exported);
    const Graph direct = realized(prepared, from_integers_on());
    const Graph again = realized(import_bytes(exported->bytes), standard_pipeline());
    for (std::uint64_t seed = 0; seed < 3; ++seed) {
      const auto inputs = random_inputs(direct, seed);
      const auto expected = interpret(direct, inputs), found = interpret(again, inputs);
      REQUIRE((expected && found));
      CHECK((*found)[0].to_reals() == (*expected)[0].to_reals());
    }
    ++compared;
  }
  CHECK(compared > 5);
}

}  // namespace

TEST_CASE("Operators between quantized values give the same levels after a trip through a file") {
  for (const char* name : {"Conv2d", "DepthwiseConv2d", "Dense", "MaxPool2d", "AveragePool2d", "Add", "Sub", "Mul",
                           "MatMul", "ReduceMean", "Sigmoid", "Tanh", "Relu", "Transpose", "Reshape"})
    check_operator(name);
}

TEST_CASE("An operator that ONNX does not have is refused by name") {
  Rng rng(3);
  const Instance drawn = draw(*find_op("Lookup"), rng);
  const auto exported = export_onnx(drawn.graph);
  REQUIRE_FALSE(exported);
  CHECK(exported.error().code == Code::unsupported_op);
  CHECK(exported.error().where.op_type == "Lookup");
}

TEST_CASE("Images that a Resize made are written as that Resize, others as the rows and columns they consist of") {
  for (const bool halves : {true, false}) {
    const std::string columns = halves ? "[0, 0, 1, 1, 2, 2]" : "[2, 0, 0, 1, 2, 1]";
    auto graph = parse("graph \"image\"\ninput %x : f32[1x2x3x2]\nconstant @rows : s32[4] = [0, 0, 1, 1]\n"
                       "constant @columns : s32[6] = " + columns + "\n"
                       "%y = Select2d(%x, @rows, @columns) {axis=1} : f32[1x4x6x2]\noutput %y\n");
    REQUIRE(graph);
    const auto exported = export_onnx(*graph);
    REQUIRE(exported);
    const Graph again = import_bytes(exported->bytes);
    const auto has = [&](std::string_view op) {
      return std::ranges::any_of(again.nodes, [&](const Node& node) { return node.op->name == op; });
    };
    CHECK(has("Resize") == halves);
    CHECK(has("Gather") == !halves);
    const auto inputs = random_inputs(*graph, 5);
    CHECK((*interpret(again, inputs))[0].bytes == (*interpret(*graph, inputs))[0].bytes);
  }
}

TEST_CASE("Interpolation is written as a Resize where one has its weights, and refused else") {
  for (const bool resize : {true, false}) {
    auto graph = parse(std::string("graph \"image\"\ninput %x : f32[1x2x2x2]\nconstant @starts : s32[4] = [0, 0, 0, 0]\n"
                                   "constant @weights : f32[4x2] = [1.0, 0.0, 0.75, 0.25, 0.25, 0.75, 0.0, ") +
                       (resize ? "1.0" : "0.5") + "]\n"
                       "%y = Resample2d(%x, @starts, @weights, @starts, @weights) {axis=2} : f32[1x2x4x4]\noutput %y\n");
    REQUIRE(graph);
    const auto exported = export_onnx(*graph);
    if (!resize) {
      REQUIRE(!exported);
      CHECK(exported.error().code == Code::unsupported_form);
      continue;
    }
    REQUIRE(exported);
    const Graph again = import_bytes(exported->bytes);
    const auto inputs = random_inputs(*graph, 5);
    const auto a = (*interpret(again, inputs))[0].to_reals(), b = (*interpret(*graph, inputs))[0].to_reals();
    for (std::size_t i = 0; i < b.size(); ++i) CHECK(a[i] == Approx(b[i]).margin(1e-6));
  }
}

TEST_CASE("Normalizations are written as those of ONNX, or in arithmetic that computes the same") {
  struct Case {
    const char* shape;
    const char* parameters;
    const char* attrs;
    const char* form;
  };
  for (const Case& one : {Case{"2x3x4", "1x1x4", "axes=[2]", "LayerNormalization"},
                          Case{"2x3x4", "1x3x4", "axes=[1,2]", "LayerNormalization"},
                          Case{"1x3x4x2", "1x1x1x2", "axes=[1,2]", "InstanceNormalization"},
                          Case{"1x2x3", "1x2x1", "axes=[2]", "InstanceNormalization"},
                          Case{"1x6x2x3", "1x1x2x3", "axes=[1,3]", "Sqrt"},
                          Case{"2x3x4", "1x1x4", "axes=[2], center=0", "Sqrt"}}) {
    INFO(one.shape << " {" << one.attrs << "}");
    const std::string parameters = std::string(one.parameters) + "] = random ";
    auto graph = parse("graph \"rows\"\ninput %x : f32[" + std::string(one.shape) + "]\nconstant @scale : f32[" + parameters +
                       "1\nconstant @bias : f32[" + parameters + "2\n%y = Normalize(%x, @scale, @bias) {" + one.attrs +
                       "} : f32[" + one.shape + "]\noutput %y\n");
    INFO((graph ? std::string() : render(graph.error())));
    REQUIRE(graph);
    const auto exported = export_onnx(*graph);
    REQUIRE(exported);
    const Graph again = import_bytes(exported->bytes);
    CHECK(std::ranges::any_of(again.nodes, [&](const Node& node) { return node.op->name == one.form; }));
    const auto inputs = random_inputs(*graph, 5);
    const auto a = (*interpret(again, inputs))[0].to_reals(), b = (*interpret(*graph, inputs))[0].to_reals();
    for (std::size_t i = 0; i < b.size(); ++i) CHECK(a[i] == Approx(b[i]).margin(1e-5));
  }
}
