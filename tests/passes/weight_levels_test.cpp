#include "passes/distill/weight_levels.hpp"

#include "tests/passes/pass_test.hpp"

using namespace mote;
using namespace mote::test;

TEST_CASE("every channel of weights is rounded on a scale of its own, and rounding again changes nothing") {
  // Two channels side by side: the largest magnitudes 12.7 and 1.27 are level 127.
  std::vector<float> weights{12.7F, -1.27F, 0.04F, 0.004F, 0.06F, 0.006F};
  round_to_weight_levels(weights, 2);
  const std::vector<float> expected{12.7F, -1.27F, 0.0F, 0.0F, 0.1F, 0.01F};
  for (std::size_t i = 0; i < weights.size(); ++i) CHECK(weights[i] == Approx(expected[i]).margin(1e-6));
  std::vector<float> again = weights;
  round_to_weight_levels(again, 2);
  CHECK(again == weights);
}

TEST_CASE("only weights of products between quantized values become integers") {
  const Graph graph = graph_of(
      "graph \"g\"\ninput %x : f32[1x2]\nconstant @v : f32[2x3] = random 1\nconstant @w : f32[3x4] = random 2\n"
      "%a = Dense(%x, @v) : f32[1x3]\n%q = FakeQuantize(%a) {scale=0.1} : f32[1x3]\n"
      "%y = Dense(%q, @w) : f32[1x4]\noutput %y\n");
  const std::vector<ValueId> variables{graph.nodes[0].inputs[1], graph.nodes[2].inputs[1]};
  CHECK(integer_weight_channels(graph, variables) == std::vector<std::int64_t>{0, 4});
}
