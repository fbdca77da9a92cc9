#include "passes/distill/distillation.hpp"
#include "passes/distill/features.hpp"
#include "tests/passes/pass_test.hpp"

using namespace mote;
using namespace mote::test;

namespace {

// Two pointwise layers and a dense one on top; `channels` of the first two.
Graph network(const std::string& channels, const std::string& seed) {
  const std::string attrs =
      " {strides=[1,1], pads=[0,0,0,0], dilations=[1,1], group=1, low=-50.0} : f32[1x4x4x" + channels + "]\n";
  const std::string wide = std::to_string(16 * std::stoi(channels));
  return graph_of("graph \"g\"\ninput %x : f32[1x4x4x2]\nconstant @a : f32[1x1x2x" + channels + "] = random " + seed +
                  "\nconstant @b : f32[1x1x" + channels + "x" + channels + "] = random " + seed +
                  "7\nconstant @c : f32[" + wide + "x3] = random " + seed + "3\n%p = Conv2d(%x, @a)" + attrs +
                  "%q = Conv2d(%p, @b)" + attrs + "%r = Reshape(%q) {shape=[1," + wide + "]} : f32[1x" + wide + "]\n" +
                  "%y = Dense(%r, @c) : f32[1x3]\noutput %y\n");
}

// As `network`, but one layer less.
Graph shallow_network() {
  return graph_of(
      "graph \"g\"\ninput %x : f32[1x4x4x2]\nconstant @a : f32[1x1x2x2] = random 5\n"
      "constant @c : f32[32x3] = random 6\n"
      "%p = Conv2d(%x, @a) {strides=[1,1], pads=[0,0,0,0], dilations=[1,1], group=1} : f32[1x4x4x2]\n"
      "%r = Reshape(%p) {shape=[1,32]} : f32[1x32]\n%y = Dense(%r, @c) : f32[1x3]\noutput %y\n");
}

std::vector<Feature> fitted(const Graph& student, const Graph& teacher) {
  const auto features = fit_features(student, teacher, feature_pairs(student, teacher), 20,
                                     [&](std::int64_t i) -> Result<std::vector<Tensor>> {
                                       return random_inputs(teacher, static_cast<std::uint32_t>(i + 1));
                                     });
  REQUIRE(features);
  return *features;
}

// Outputs alone, and with features.
std::vector<double> losses_of(const Graph& student, const Graph& teacher) {
  const auto parts = distillation(student, teacher, {.features = fitted(student, teacher), .feature_weight = 2.0F});
  REQUIRE(parts);
  REQUIRE(verify(parts->graph, Stage::fused));
  const auto results = interpret(parts->graph, random_inputs(teacher, 3), Precision::reference);
  REQUIRE(results);
  return {results->at(1).to_reals()[0], results->at(0).to_reals()[0]};
}

}  // namespace

TEST_CASE("graphs of the same layers have them beside each other, all but the last") {
  const Graph student = network("2", "1"), teacher = network("3", "2");
  const std::vector<FeaturePair> pairs = feature_pairs(student, teacher);
  REQUIRE(pairs.size() == 2);
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    CHECK(pairs[i].student == student.nodes[i].outputs[0]);
    CHECK(pairs[i].teacher == teacher.nodes[i].outputs[0]);
  }
}

TEST_CASE("a layer that was split in two is compared by its second half") {
  const Graph teacher = network("3", "2");
  Graph student = teacher;
  student.nodes[0].attrs.erase("low");
  const std::vector<FeaturePair> pairs = feature_pairs(student, teacher);
  REQUIRE(pairs.size() == 1);
  CHECK(pairs[0].student == student.nodes[1].outputs[0]);
  CHECK(pairs[0].teacher == teacher.nodes[1].outputs[0]);
}

TEST_CASE("of another number of layers with the same extents the last ones are compared") {
  const Graph student = shallow_network(), teacher = network("3", "2");
  const std::vector<FeaturePair> pairs = feature_pairs(student, teacher);
  REQUIRE(pairs.size() == 1);
  CHECK(pairs[0].student == student.nodes[0].outputs[0]);
  CHECK(pairs[0].teacher == teacher.nodes[1].outputs[0]);
}

TEST_CASE("channels that are the teacher's in other sizes leave nothing untold") {
  const Graph teacher = network("3", "2");
  Graph student = teacher;
  Tensor weights = student.constant(student.nodes[0].inputs[1]);
  for (float& weight : weights.as<float>()) weight *= -3.0F;
  student.at(student.nodes[0].inputs[1]).data = std::make_shared<const Bytes>(weights.bytes);
  const std::vector<double> losses = losses_of(student, teacher);
  CHECK(losses[0] > 0.001);
  CHECK(losses[1] - losses[0] == Approx(0.0).margin(5e-3));
}

TEST_CASE("a channel too few leaves something untold, in units of the teacher's variance") {
  const Graph student = network("1", "1"), teacher = network("3", "2");
  const std::vector<double> losses = losses_of(student, teacher);
  CHECK(losses[1] - losses[0] > 0.01);
  CHECK(losses[1] - losses[0] < 2.0 * 3.0);
}

TEST_CASE("maps of features are learned behind the student's own variables") {
  const Graph student = network("2", "1"), teacher = network("3", "2");
  const auto plain = distillation(student, teacher, {}),
             with = distillation(student, teacher, {.features = fitted(student, teacher)});
  REQUIRE(plain);
  REQUIRE(with);
  REQUIRE(with->variables.size() == plain->variables.size() + 4);
  CHECK(std::equal(plain->variables.begin(), plain->variables.end(), with->variables.begin()));
  CHECK(with->units.size() == with->variables.size());
  CHECK(with->keeps_zeros.size() == with->variables.size());
  CHECK_FALSE(plain->fading.has_value());
  CHECK(with->graph.constant(*with->fading).as<float>()[0] == Approx(5.0 / 2.0));
}

TEST_CASE("a value of the teacher that never changes is no feature") {
  const Graph student = network("2", "1");
  Graph teacher = network("3", "2");
  Value& weights = teacher.at(teacher.nodes[0].inputs[1]);
  weights.data = std::make_shared<const Bytes>(Bytes(weights.data->size()));
  CHECK(fitted(student, teacher).empty());
  Graph clamped = network("3", "2");
  clamped.nodes[0].attrs["low"] = 0.1F;
  clamped.nodes[0].attrs["high"] = 0.1F;
  CHECK(fitted(student, clamped).size() < fitted(student, network("3", "2")).size());
}

TEST_CASE("layers whose first result nobody asked for are passed over") {
  Graph graph = graph_of(
      "graph \"g\"\ninput %x : f32[3x1x2]\nconstant @w : f32[1x4x2] = random 1\n"
      "constant @r : f32[1x4x4] = random 2\nconstant @a : f32[4x4] = random 3\n"
      "constant @c : f32[4x3] = random 4\n"
      "%s, %h = RNN(%x, @w, @r) : f32[3x1x1x4], f32[1x1x4]\n"
      "%f = Reshape(%h) {shape=[1,4]} : f32[1x4]\n%p = Dense(%f, @a) {low=-50.0} : f32[1x4]\n"
      "%y = Dense(%p, @c) : f32[1x3]\noutput %y\n");
  graph.nodes[0].outputs[0] = {};
  const std::vector<FeaturePair> pairs = feature_pairs(graph, graph);
  REQUIRE(pairs.size() == 1);
  CHECK(pairs[0].student == graph.nodes[2].outputs[0]);
}
