// Sums that are compared with constants, as classifiers compare their scores: levels are compared instead, for the same
// answers.
#include "passes/quantize/float_islands.hpp"
#include "tests/passes/quantizing.hpp"

using namespace mote;
using namespace mote::test;

namespace {

Graph comparison(const std::string& op, const std::string& constant) {
  return graph_of("graph \"\"\ninput %x : f32[1x300]\nconstant @c : f32[300] = " + constant +
                  "\n%q = FakeQuantize(%x) {scale=0.015625, zero_point=5, lowest=-127, highest=127} : f32[1x300]\n%y = " + op +
                  "(%q, @c) : bool[1x300]\noutput %y\n");
}

std::ptrdiff_t marks_of(const std::string& text) {
  const Graph graph = graph_of(text);
  const QuantizeOptions options{.samples = random_samples(graph, 8), .range = RangeMethod::minmax};
  return std::ranges::count(run_quantizing({"calibrate"}, graph, options).nodes, "FakeQuantize",
                            [](const Node& node) { return node.op->name; });
}

}  // namespace

TEST_CASE("Levels are compared with levels, for the same answers on every level") {
  for (const char* op : {"Greater", "GreaterOrEqual", "Less", "LessOrEqual"})
    for (const char* constant : {"fill 0.0", "fill 0.25", "fill 0.2501", "random 3"}) {
      INFO(op << " " << constant);
      const Graph real = comparison(op, constant);
      const Graph integers = run_quantizing({"realize-integers"}, real, {});
      const auto node = std::ranges::find(integers.nodes, op, [](const Node& one) { return one.op->name; });
      REQUIRE(node != integers.nodes.end());
      CHECK(integers.at(node->inputs[0]).type.dtype == DType::s8);
      for (std::uint64_t seed = 1; seed < 5; ++seed) {
        const auto inputs = random_inputs(real, seed);
        CHECK(interpret(real, inputs, Precision::reference)->front().bytes == interpret(integers, inputs, Precision::single)->front().bytes);
      }
    }
}

TEST_CASE("A comparison that no level answers stays real") {
  const Graph integers = run_quantizing({"realize-integers"}, comparison("GreaterOrEqual", "fill 9.0"), {});
  const auto node = std::ranges::find(integers.nodes, "GreaterOrEqual", [](const Node& one) { return one.op->name; });
  CHECK(integers.at(node->inputs[0]).type.dtype == DType::f32);
}

TEST_CASE("Sums are stored as integers for being compared, features are not") {
  const std::string input = "graph \"\"\ninput %x : f32[1x8]\nconstant @w : f32[8x6] = random 1\nconstant @c : f32[1] = fill 0.25\n";
  CHECK(marks_of(input + "%s = Dense(%x, @w) : f32[1x6]\n%y = Greater(%s, @c) : bool[1x6]\noutput %y\n") == 2);
  CHECK(require_integers(integer_graph(graph_of(input + "%s = Dense(%x, @w) : f32[1x6]\n%y = Greater(%s, @c) : bool[1x6]\noutput %y\n"),
                                       {.samples = random_samples(graph_of(input + "%y = Relu(%x) : f32[1x8]\noutput %y\n"), 8)})));
  CHECK(marks_of(input + "%y = Greater(%x, @c) : bool[1x8]\noutput %y\n") == 0);
}
