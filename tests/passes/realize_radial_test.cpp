#include "tests/passes/quantizing.hpp"

using namespace mote;
using namespace mote::test;

namespace {

Graph machine() {
  return graph_of(R"(graph ""
input %x : f32[1x4]
constant @p : f32[6x4] = random 1
constant @w : f32[6x1] = random 2
constant @b : f32[1] = random 3
%k = RadialKernel(%x, @p) {gamma=0.2} : f32[1x6]
%y = Dense(%k, @w, @b) : f32[1x1]
output %y
)");
}

Graph realized(const Graph& graph, std::vector<std::string> wide = {}) {
  return integer_graph(graph, {.samples = random_samples(graph, 32), .wide = std::move(wide)});
}

double worst_error(const Graph& real, const Graph& integers) {
  double worst = 0.0;
  for (std::uint64_t seed = 100; seed < 140; ++seed) {
    const std::vector<Tensor> inputs = random_inputs(real, seed);
    const auto expected = interpret(real, inputs), found = interpret(integers, inputs);
    REQUIRE(expected);
    REQUIRE(found);
    worst = std::max(worst, std::abs((*expected)[0].to_reals()[0] - (*found)[0].to_reals()[0]));
  }
  return worst;
}

}  // namespace

TEST_CASE("a radial kernel between quantized values is computed in integers") {
  const Graph graph = machine(), integers = realized(graph);
  CHECK(count_of(integers, "QuantizedRadialKernel") == 1);
  CHECK(count_of(integers, "RadialKernel") == 0);
  CHECK(worst_error(graph, integers) < 0.05);
}

TEST_CASE("with 16 bits everywhere its own arithmetic is good to the fourth digit") {
  const Graph graph = machine(), integers = realized(graph, {"*"});
  CHECK(count_of(integers, "QuantizedRadialKernel") == 1);
  CHECK(worst_error(graph, integers) < 0.01);  // what the product's 8-bit weights leave
}
