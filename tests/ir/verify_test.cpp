#include "lib/ops/verify.hpp"

#include <catch2/catch.hpp>

#include "lib/ops/op_def.hpp"
#include "lib/ops/text_form.hpp"

using namespace mote;

namespace {

// x -> Relu -> a -> Clip -> y, and a constant that nobody reads.
Graph sound() {
  Result<Graph> graph = parse(
      "graph \"sound\"\ninput %x : f32[2x3]\nconstant @c : f32[2] = fill 1.0\n"
      "%a = Relu(%x) : f32[2x3]   // first (Relu)\n%y = Clip(%a) {min=0.0} : f32[2x3]   // second (Clip)\noutput %y\n");
  REQUIRE(graph);
  return *std::move(graph);
}
constexpr ValueId x{0}, c{1}, a{2}, y{3};

// The one violation that a graph has.
Diagnostic violation(const Graph& graph, Stage stage = Stage::imported) {
  const Status status = verify(graph, stage);
  REQUIRE_FALSE(status);
  INFO(render(status.errors().back()));
  CHECK(status.errors().size() == 1);
  return status.error();
}

}  // namespace

TEST_CASE("a sound graph passes at every stage") {
  for (const Stage stage : {Stage::imported, Stage::canonical, Stage::fused, Stage::lowerable}) CHECK(verify(sound(), stage));
}

TEST_CASE("ids must be in range") {
  Graph graph = sound();
  graph.nodes[1].inputs[0] = ValueId{9};
  CHECK(violation(graph).message == "value id 9 is not one of 4 values");
  graph = sound();
  graph.outputs.push_back(ValueId{});
  CHECK(violation(graph).message == "value id none is not one of 4 values");
  graph = sound();
  graph.inputs.push_back(ValueId{4});
  CHECK(violation(graph).message == "value id 4 is not one of 4 values");
}

TEST_CASE("names must be unique and not empty") {
  Graph graph = sound();
  graph.at(c).name = "x";
  CHECK(violation(graph).message == "two values have this name");
  graph = sound();
  graph.at(c).name = "";
  CHECK(violation(graph).message == "value 1 has no name");
}

TEST_CASE("nodes must be in topological order") {
  Graph graph = sound();
  std::swap(graph.nodes[0], graph.nodes[1]);
  const Diagnostic found = violation(graph);
  CHECK(found.message == "'a' is used before it is defined");
  CHECK(found.where.node == "second");
}

TEST_CASE("a value has one definition") {
  Graph graph = sound();
  graph.nodes[1].outputs[0] = a;
  graph.outputs = {a};
  CHECK(violation(graph).message == "value 'a' is defined twice");
  graph = sound();
  graph.inputs.push_back(x);
  CHECK(violation(graph).message == "value 'x' is defined twice");
  graph = sound();
  graph.at(a).data = std::make_shared<const Bytes>(24);
  CHECK(violation(graph).message == "value 'a' is defined twice");
}

TEST_CASE("graph inputs are no constants") {
  Graph graph = sound();
  graph.inputs.push_back(c);
  const Status status = verify(graph, Stage::imported);
  REQUIRE_FALSE(status);
  CHECK(status.error().message == "a graph input is a constant");
}

TEST_CASE("constants hold exactly their bytes") {
  Graph graph = sound();
  graph.at(c).data = std::make_shared<const Bytes>(7);
  CHECK(violation(graph).message == "the constant holds 7 bytes, its type needs 8");
}

TEST_CASE("quantisation parameters fit the tensor") {
  Graph graph = sound();
  graph.at(c).type.quant = QuantParams{.scale = {1.0F}, .zero_point = {0, 0}, .axis = 0};
  CHECK(violation(graph).message == "1 scales and 2 zero points, expected 2 each");
  graph.at(c).type.quant = QuantParams{.scale = {1.0F}, .zero_point = {0}, .axis = 1};
  CHECK(violation(graph).message == "quantisation axis 1 is beyond rank 1");
  graph.at(c).type.quant = QuantParams{.scale = {0.0F}, .zero_point = {0}, .axis = {}};
  CHECK(violation(graph).message == "a scale is not a positive number");
}

TEST_CASE("graph outputs are produced") {
  Graph graph = sound();
  graph.nodes.pop_back();
  CHECK(violation(graph).message == "the graph output is never produced");
}

TEST_CASE("a node has an operator") {
  Graph graph = sound();
  graph.nodes[1].op = nullptr;
  CHECK(violation(graph).message == "a node has no operator");
}

TEST_CASE("attributes are known, complete and in range; arity is kept") {
  Graph graph = sound();
  graph.nodes[1].attrs["alpha"] = 1.0F;
  CHECK(violation(graph).code == Code::unknown_attribute);
  graph = sound();
  graph.nodes[1].attrs["min"] = std::int64_t{1};
  CHECK(violation(graph).code == Code::unknown_attribute);
  graph = sound();
  graph.nodes[1].inputs.push_back(x);
  CHECK(violation(graph).code == Code::wrong_arity);
}

TEST_CASE("types are those that the operators give") {
  Graph graph = sound();
  graph.at(y).type.shape = *Shape::make({3, 2});
  CHECK(violation(graph).message == "'y' is f32[3x2], its operator gives f32[2x3]");
}

TEST_CASE("from canonical on, every graph output is a node's value of its own") {
  Graph graph = sound();
  graph.outputs.push_back(y);
  CHECK(verify(graph, Stage::imported));
  CHECK(violation(graph, Stage::canonical).code == Code::stage_violation);
  graph.outputs = {x};
  CHECK(verify(graph, Stage::imported));
  CHECK(violation(graph, Stage::canonical).message == "graph output 'x' is not a node's value of its own");
}

TEST_CASE("a lowerable graph has a kernel for every node that is no view") {
  OpDef kernelless = *find_op("Relu");
  kernelless.lower = nullptr;
  Graph graph = sound();
  graph.nodes[0].op = &kernelless;
  CHECK(verify(graph, Stage::fused));
  const Diagnostic found = violation(graph, Stage::lowerable);
  CHECK(found.code == Code::stage_violation);
  CHECK(found.message == "operator Relu has no kernel");
}
