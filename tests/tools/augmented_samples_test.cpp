// A few samples made many.
#include "tools/augmented_samples.hpp"

#include <catch2/catch.hpp>

#include "lib/ops/text_form.hpp"

using namespace mote;

namespace {

Graph sequence_graph() {
  auto graph = parse("graph \"\"\ninput %x : f32[1x32x2]\n%y = Relu(%x) : f32[1x32x2]\noutput %y\n");
  REQUIRE(graph);
  return *graph;
}

CalibrationSamples ramps(const Graph& graph) {
  return {.count = 3, .sample = [type = graph.at(graph.inputs[0]).type](std::int64_t index) -> Result<std::vector<Tensor>> {
            Tensor tensor = Tensor::zeros(type.dtype, type.shape);
            float value = static_cast<float>(100 * index);
            for (float& element : tensor.as<float>()) element = value++;
            return std::vector{tensor};
          }};
}

}  // namespace

TEST_CASE("the first copies are the samples, the others are near them") {
  const Graph graph = sequence_graph();
  const CalibrationSamples few = ramps(graph), many = augmented_samples(few, graph, 10);
  REQUIRE(many.count == 9);
  for (std::int64_t i = 0; i < many.count; ++i) {
    const Tensor original = few.sample(i % 3)->front(), made = many.sample(i)->front();
    CHECK((made.bytes == original.bytes) == (i < 3));
    const float middle = original.as<float>()[32];
    CHECK(made.as<float>()[32] == Approx(middle).margin(10.0 + 0.2 * static_cast<double>(middle)));  // moved, and louder
    CHECK(many.sample(i)->front().bytes == made.bytes);
  }
}

TEST_CASE("as many samples as are wanted stay alone") {
  const Graph graph = sequence_graph();
  CHECK(augmented_samples(ramps(graph), graph, 5).count == 3);
}
