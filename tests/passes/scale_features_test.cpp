#include "tests/passes/quantizing.hpp"

using namespace mote;
using namespace mote::test;

namespace {

// Features whose factors are as given, in front of a product.
Graph scaled_features(const std::string& factors) {
  return graph_of(R"(graph ""
input %x : f32[1x3]
constant @c : f32[3] = random 1
constant @d : f32[3] = )" + factors + R"(
constant @w : f32[3x2] = random 3
%a = Add(%x, @c) : f32[1x3]
%b = Mul(%a, @d) : f32[1x3]
%y = Dense(%b, @w) : f32[1x2]
output %y
)");
}

Graph folded(const Graph& graph, bool integer_interface) {
  return run_quantizing({"scale-features", "fold-batch-norm"}, graph,
                        {.samples = random_samples(graph, 4), .integer_interface = integer_interface});
}

}  // namespace

TEST_CASE("the scaling of uneven features stays in front of a network that is quantized") {
  const Graph graph = scaled_features("[0.001, 1.0, 200.0]");
  CHECK(ops_of(folded(graph, false)) == "ScaleFeatures Dense");
}

TEST_CASE("even features are folded into the product, which spares the part two operations each") {
  const Graph graph = scaled_features("[0.5, 1.0, -1.5]");
  CHECK(ops_of(folded(graph, false)) == "Dense");
}

TEST_CASE("an integer interface takes features on one grid as they are") {
  const Graph graph = scaled_features("[0.001, 1.0, 200.0]");
  CHECK(ops_of(folded(graph, true)) == "Dense");
}

TEST_CASE("in real numbers nothing needs to stay apart") {
  const Graph graph = run_pass("scale-features", scaled_features("[0.001, 1.0, 200.0]"));
  CHECK(ops_of(graph) == "Add Mul Dense");
}

TEST_CASE("integers begin behind the scaling") {
  const Graph graph = scaled_features("[0.001, 1.0, 200.0]");
  const QuantizeOptions options{.samples = random_samples(graph, 16)};
  const Graph integers = integer_graph(run_quantizing({"scale-features", "fold-batch-norm"}, graph, options), options);
  INFO(ops_of(integers));
  CHECK(integers.nodes.front().op->name == "ScaleFeatures");
  CHECK(count_of(integers, "QuantizedDense") == 1);
}
