// Uneven channels of activations made even: which products take part, that the network stays the same function, and
// what it gains.
#include "passes/quantize/fit/equalizable.hpp"
#include "tests/passes/quantizing.hpp"

using namespace mote;
using namespace mote::test;

namespace {

// "w>v,u": the products by the names of their weights, and which make up for their factors.
std::string found_in(std::string_view text) {
  const Graph graph = graph_of(text);
  const auto weights = [&](std::size_t node) { return graph.at(graph.nodes[node].inputs[1]).name; };
  std::string result;
  for (const Equalizable& one : find_equalizable(graph)) {
    result += (result.empty() ? "" : " ") + weights(one.product) + ">";
    for (const std::size_t reader : one.readers) result += weights(reader) + (reader == one.readers.back() ? "" : ",");
  }
  return result;
}

std::string between(const std::string& clamp, const std::string& rest) {
  return "graph \"\"\ninput %x : f32[1x8]\nconstant @w : f32[8x6] = random 1\nconstant @v : f32[6x4] = random 2\n"
         "constant @u : f32[6x6] = random 3\n%h = Dense(%x, @w)" + clamp + " : f32[1x6]\n" + rest;
}

// A convolution, a depthwise one, pools and a classifier, with channels whose ranges differ up to 11-fold behind the
// first and 128-fold behind the second layer, and weights that make up for it.
Graph uneven_network() {
  Graph graph = graph_of(R"(graph ""
input %x : f32[1x6x6x3]
constant @w : f32[3x3x3x8] = random 1
constant @b : f32[8] = random 4
constant @d : f32[3x3x8] = random 2
constant @v : f32[8x5] = random 3
%h = Conv2d(%x, @w, @b) {low=0.0, pads=[1,1,1,1]} : f32[1x6x6x8]
%g = DepthwiseConv2d(%h, @d) {pads=[1,1,1,1]} : f32[1x6x6x8]
%r = Relu(%g) : f32[1x6x6x8]
%p = AveragePool2d(%r) {kernel=[3,3], strides=[3,3]} : f32[1x2x2x8]
%m = MaxPool2d(%p) {kernel=[2,2]} : f32[1x1x1x8]
%f = Reshape(%m) {shape=[1,8]} : f32[1x8]
%y = Dense(%f, @v) : f32[1x5]
output %y
)");
  for (std::size_t c = 0; c < 8; ++c) {
    const float loud = std::exp2(static_cast<float>(c) * 0.5F), quiet = 1.0F / loud;
    scale_constant(graph, "w", c, 8, 27, loud);
    scale_constant(graph, "b", c, 8, 1, loud);
    scale_constant(graph, "d", c, 8, 9, c % 2 == 0 ? 1.0F : quiet * quiet);
    scale_constant(graph, "v", c * 5, 1, 5, c % 2 == 0 ? quiet : loud);
  }
  return graph;
}

}  // namespace

TEST_CASE("Products joined by clamps at 0, pools and reshapes are equalized", "[equalize]") {
  CHECK(found_in(between(" {low=0.0}", "%y = Dense(%h, @v) : f32[1x4]\noutput %y\n")) == "w>v");
  CHECK(found_in(between("", "%y = Dense(%h, @v) : f32[1x4]\n%z = Dense(%h, @u) : f32[1x6]\noutput %y\noutput %z\n")) == "w>v,u");
  CHECK(found_in(between("", "%r = LeakyRelu(%h) : f32[1x6]\n%y = Dense(%r, @v) : f32[1x4]\noutput %y\n")) == "w>v");
  Graph graph = uneven_network();
  REQUIRE(find_equalizable(graph).size() == 2);
  CHECK(find_equalizable(graph)[1].readers == std::vector<std::size_t>{6});
}

TEST_CASE("What does not commute with factors, or would be seen elsewhere, forbids them", "[equalize]") {
  const std::string last = "%y = Dense(%h, @v) : f32[1x4]\noutput %y\n";
  CHECK(found_in(between(" {high=6.0, low=0.0}", last)).empty());
  CHECK(found_in(between(" {low=-1.0}", last)).empty());
  CHECK(found_in(between("", last + "output %h\n")).empty());
  CHECK(found_in(between("", "%s = Sigmoid(%h) : f32[1x6]\n%y = Dense(%s, @v) : f32[1x4]\noutput %y\n")).empty());
  CHECK(found_in(between("", "%q = FakeQuantize(%h) {scale=0.1} : f32[1x6]\n%y = Dense(%q, @v) : f32[1x4]\noutput %y\n")).empty());
  // As a residual, its own or somebody else's.
  CHECK(found_in(between("", "%y = Dense(%h, @u, _, %h) : f32[1x6]\noutput %y\n")).empty());
  // Two layers with the same weights.
  CHECK(found_in(between("", "%a = Dense(%h, @u) : f32[1x6]\n%y = Dense(%a, @u) : f32[1x6]\noutput %y\n")).empty());
}

TEST_CASE("Models whose weights lie on levels keep them", "[equalize]") {
  CHECK(found_in("graph \"\"\ninput %x : f32[1x2]\nconstant @w : f32[2x2] = [0.5,-0.25,1.0,0.75]\n"
                 "constant @v : f32[2x2] = random 2\n%h = Dense(%x, @w) : f32[1x2]\n"
                 "%y = Dense(%h, @v) : f32[1x2]\noutput %y\n").empty());
}

TEST_CASE("Equalized, the network is the same function, and its integers come many decibels closer", "[equalize]") {
  const Graph graph = uneven_network();
  QuantizeOptions options{.samples = random_samples(graph, 64), .range = RangeMethod::minmax, .wide = {}};
  options.weight_rounding = WeightRounding::nearest;
  options.correct_bias = false;
  const Graph equalized = run_quantizing({"equalize"}, graph, options);  // held to 1e-5 by verify_each
  for (const char* name : {"w", "b", "d", "v"}) CHECK(*value_named(equalized, name).data != *value_named(graph, name).data);
  for (std::uint64_t seed = 1; seed < 20; ++seed) {
    const std::vector<Tensor> inputs = random_inputs(graph, seed);
    const auto before = (*interpret(graph, inputs))[0].to_reals(), after = (*interpret(equalized, inputs))[0].to_reals();
    for (std::size_t i = 0; i < before.size(); ++i) CHECK(after[i] == Approx(before[i]).epsilon(1e-5).margin(1e-5));
  }

  const double with = fidelity(graph, integer_graph(graph, options));
  options.equalize = false;
  const double without = fidelity(graph, integer_graph(graph, options));
  INFO("with " << with << " dB, without " << without << " dB");
  CHECK(with > without + 12.0);
  CHECK(with > 35.0);
}

TEST_CASE("Without a calibration, without the option or with a handful of samples nothing changes", "[equalize]") {
  const Graph graph = uneven_network();
  CHECK(print(run_pass("equalize", graph)) == print(graph));
  QuantizeOptions options{.samples = random_samples(graph, 4), .wide = {}};
  CHECK(print(run_quantizing({"equalize"}, graph, options)) == print(graph));
  options.samples.count = 64;
  options.equalize = false;
  CHECK(print(run_quantizing({"equalize"}, graph, options)) == print(graph));
}
