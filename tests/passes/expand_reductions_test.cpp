// Reductions without an integer operator of their own, written out before ranges are chosen.
#include "tests/passes/quantizing.hpp"

using namespace mote;
using namespace mote::test;

namespace {

Graph network_of(const std::string& node, const std::string& result) {
  return graph_of("graph \"\"\ninput %x : f32[2x6]\n%y = " + node + "(%x) " + result + "\noutput %y\n");
}

QuantizeOptions on_samples(const Graph& graph) { return {.samples = random_samples(graph, 64)}; }

Graph expanded(const Graph& graph) { return run_quantizing({"expand-reductions"}, graph, on_samples(graph)); }

bool runs_in_integers(const Graph& graph) {
  return std::ranges::all_of(graph.nodes, [&](const Node& node) {
    return node.op->name == "DequantizeLinear" || graph.at(node.outputs[0]).type.dtype != DType::f32;
  });
}

// Decibels of the result in integers against the one in real numbers.
double quantized_fidelity(const Graph& graph) {
  const Graph integers = integer_graph(expanded(graph), on_samples(graph));
  INFO(ops_of(integers));
  CHECK(runs_in_integers(integers));
  return fidelity(graph, integers);
}

}  // namespace

TEST_CASE("LogSoftmax becomes distances to the maximum and a table of the sum of their exponentials") {
  const Graph graph = network_of("LogSoftmax", "{axis=-1} : f32[2x6]");
  CHECK(ops_of(expanded(graph)) == "ReduceMax Sub Exp ReduceSum Log Sub");
  CHECK(quantized_fidelity(graph) > 35.0);
}

TEST_CASE("LogSoftmax along any axis") {
  CHECK(quantized_fidelity(network_of("LogSoftmax", "{axis=0} : f32[2x6]")) > 35.0);
}

TEST_CASE("LogSoftmax over several axes at once stays real") {
  const Graph graph = network_of("LogSoftmax", "{axis=0, flatten=1} : f32[2x6]");
  CHECK(ops_of(expanded(graph)) == "LogSoftmax");
}

TEST_CASE("the logarithm of a sum of exponentials, reduced axes kept or not") {
  CHECK(quantized_fidelity(network_of("ReduceLogSumExp", "{axes=[1], keepdims=1} : f32[2x1]")) > 35.0);
  CHECK(quantized_fidelity(network_of("ReduceLogSumExp", "{axes=[1], keepdims=0} : f32[2]")) > 35.0);
}

TEST_CASE("sums of absolute values and of squares") {
  CHECK(quantized_fidelity(network_of("ReduceL1", "{axes=[1], keepdims=0} : f32[2]")) > 35.0);
  CHECK(quantized_fidelity(network_of("ReduceSumSquare", "{axes=[0], keepdims=1} : f32[1x6]")) > 35.0);
}

TEST_CASE("in real numbers reductions stay as they are") {
  const Graph graph = network_of("ReduceL1", "{axes=[1], keepdims=0} : f32[2]");
  CHECK(ops_of(run_pass("expand-reductions", graph)) == "ReduceL1");
}
