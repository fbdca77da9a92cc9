#include "passes/distill/learned_levels.hpp"

#include <cmath>

#include "lib/exec/gradient.hpp"
#include "passes/distill/distillation.hpp"
#include "tests/ops/single_node.hpp"
#include "tests/passes/pass_test.hpp"

using namespace mote;
using namespace mote::test;

namespace {

// Two layers on grids; weights of the first lie on 8-bit levels, those of the second on levels of 4 bits.
const std::string marked =
    "graph \"marked\"\ninput %x : f32[1x2]\n"
    "%a = FakeQuantize(%x) {scale=0.02, zero_point=3} : f32[1x2]\n"
    "%h = Dense(%a, @w) {low=0.0} : f32[1x2]\n"
    "%b = FakeQuantize(%h) {scale=0.01, zero_point=-128} : f32[1x2]\n"
    "%z = Dense(%b, @v) : f32[1x2]\n"
    "%c = FakeQuantize(%z) {scale=0.03} : f32[1x2]\n"
    "%y = Softmax(%c) {axis=-1} : f32[1x2]\n"
    "%d = FakeQuantize(%y) {scale=0.00390625, zero_point=-128} : f32[1x2]\noutput %d\n";

Graph student() {
  std::string text = marked;
  text.insert(text.find("%a ="), "constant @w : f32[2x2] = random 1\nconstant @v : f32[2x2] = random 2\n");
  Graph graph = graph_of(text);
  const auto set = [&](std::size_t node, const std::vector<float>& values) {
    const auto bytes = std::as_bytes(std::span(values));
    graph.at(graph.nodes[node].inputs[1]).data = std::make_shared<const Bytes>(bytes.begin(), bytes.end());
  };
  set(1, {1.27F, -0.5F, 0.33F, 0.635F});  // steps of 0.01 and 0.005
  set(3, {0.7F, -0.5F, 0.3F, 0.25F});     // steps of 0.1 and 0.25
  return graph;
}

std::vector<const Node*> learned(const Graph& graph) {
  std::vector<const Node*> nodes;
  for (const Node& node : graph.nodes)
    if (node.op->name == "LearnedQuantize") nodes.push_back(&node);
  return nodes;
}

std::vector<double> outputs_of(const Graph& graph, const std::vector<float>& x) {
  return (*interpret(graph, std::vector{floats({1, 2}, x)})).front().to_reals();
}

double scale_of(const Graph& graph, const Node& node, std::size_t channel) {
  return std::exp(graph.constant(node.inputs[1]).to_reals()[channel]);
}

}  // namespace

TEST_CASE("scales between layers and of weights are learned, those of inputs and probabilities are not") {
  const Graph graph = with_learned_levels(student());
  const auto nodes = learned(graph);
  REQUIRE(nodes.size() == 4);  // w, b, v, c
  CHECK(scale_of(graph, *nodes[1], 0) == Approx(0.01));
  CHECK(scale_of(graph, *nodes[3], 0) == Approx(0.03));
}

TEST_CASE("weights keep their levels, and have as many as their bits give") {
  const Graph graph = with_learned_levels(student());
  const auto nodes = learned(graph);
  const OpView wide{graph, *nodes[0]}, narrow{graph, *nodes[2]};
  CHECK(wide.integer("highest") == 127);
  CHECK(wide.integer("lowest") == -127);
  CHECK(narrow.integer("highest") == 7);
  CHECK(scale_of(graph, *nodes[0], 0) == Approx(0.01));
  CHECK(scale_of(graph, *nodes[2], 0) == Approx(0.1));
  // {-0.5, 0.25}: multiples of 0.25 up to twice; 7 levels hold three times as many.
  CHECK(scale_of(graph, *nodes[2], 1) == Approx(0.25 / 3.0));
}

TEST_CASE("a student with learned levels computes what it computed") {
  const Graph before = student(), after = with_learned_levels(before);
  for (const std::vector<float>& x : {std::vector{0.5F, -0.25F}, std::vector{1.0F, 2.0F}}) {
    const auto expected = outputs_of(before, x), given = outputs_of(after, x);
    for (std::size_t i = 0; i < expected.size(); ++i) CHECK(given[i] == Approx(expected[i]).margin(0.004));
  }
}

TEST_CASE("values on one grid go on sharing its scale") {
  const Graph graph = with_learned_levels(graph_of(
      "graph \"g\"\ninput %x : f32[1x2]\n%a = Relu(%x) : f32[1x2]\n%b = Tanh(%x) : f32[1x2]\n"
      "%qa = FakeQuantize(%a) {scale=0.02} : f32[1x2]\n%qb = FakeQuantize(%b) {scale=0.02} : f32[1x2]\n"
      "%y = Concat(%qa, %qb) {axis=1} : f32[1x4]\noutput %y\n"));
  const auto nodes = learned(graph);
  REQUIRE(nodes.size() == 2);
  CHECK(nodes[0]->inputs[1] == nodes[1]->inputs[1]);
}

TEST_CASE("what was trained is what the student becomes, bit for bit") {
  const Graph before = student();
  Graph trained = with_learned_levels(before);
  const auto parts = distillation(trained, before, {});
  REQUIRE(parts);
  CHECK(parts->variables.size() == 6);  // two weights, four scales
  CHECK(differentiate(parts->graph, parts->graph.outputs[0], parts->variables));
  Rng rng(4);
  for (const ValueId id : parts->variables) {
    Tensor tensor = trained.constant(id);
    for (float& value : tensor.as<float>()) value += rng.real(-0.1F, 0.1F);
    trained.at(id).data = std::make_shared<const Bytes>(std::move(tensor.bytes));
  }
  const Graph settled = with_trained_levels(before, trained);
  CHECK(verify(settled, Stage::fused));
  CHECK(learned(settled).empty());
  for (int round = 0; round < 20; ++round) {
    const std::vector x{rng.real(-2.0F, 2.0F), rng.real(-2.0F, 2.0F)};
    CHECK(outputs_of(settled, x) == outputs_of(trained, x));
  }
}
