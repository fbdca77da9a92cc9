// Weights and biases fitted to the outputs of their layers, in whole networks.
#include "passes/quantize/diagnose/selective_run.hpp"
#include "tests/passes/quantizing.hpp"

using namespace mote;
using namespace mote::test;

namespace {

// Every kind of product: grouped, depthwise with a multiplier, with and without biases, padded, with a residual.
Graph network() {
  Graph graph = graph_of(R"(graph ""
input %x : f32[1x6x6x4]
constant @w : f32[3x3x2x8] = random 1
constant @d : f32[3x3x8] = random 2
constant @db : f32[8] = random 3
constant @p : f32[1x1x8x8] = random 4
constant @v : f32[288x5] = random 5
constant @vb : f32[5] = random 6
%h = Conv2d(%x, @w) {group=2, low=0.0, pads=[1,1,1,1]} : f32[1x6x6x8]
%g = DepthwiseConv2d(%h, @d, @db) {low=0.0, pads=[1,1,1,1]} : f32[1x6x6x8]
%r = Conv2d(%g, @p, _, %h) : f32[1x6x6x8]
%f = Reshape(%r) {shape=[1,288]} : f32[1x288]
%y = Dense(%f, @v, @vb) : f32[1x5]
output %y
)");
  // One large weight in each channel leaves the others few levels, so that rounding matters as it does at four bits.
  for (std::size_t c = 0; c < 8; ++c) {
    scale_constant(graph, "w", c, 8, 1, 12.0F);
    scale_constant(graph, "d", c, 8, 1, 12.0F);
    scale_constant(graph, "p", c, 8, 1, 12.0F);
  }
  for (std::size_t c = 0; c < 5; ++c) scale_constant(graph, "v", c, 5, 1, 12.0F);
  return graph;
}

QuantizeOptions options_for(const Graph& graph, WeightRounding rounding, bool correct_bias, std::int64_t samples = 64) {
  QuantizeOptions options{.samples = random_samples(graph, samples), .range = RangeMethod::minmax, .wide = {"*"}};
  options.equalize = false;
  options.weight_rounding = rounding;
  options.correct_bias = correct_bias;
  return options;
}

Graph fitted(const Graph& graph, const QuantizeOptions& options) {
  return run_quantizing({"calibrate", "fit-weights"}, graph, options);
}

}  // namespace

TEST_CASE("Fitted weights and corrected biases bring the integers closer to the real network", "[fit-weights]") {
  const Graph graph = network();
  const auto with = [&](WeightRounding rounding, bool correct_bias) {
    return fidelity(graph, integer_graph(graph, options_for(graph, rounding, correct_bias)));
  };
  const double nearest = with(WeightRounding::nearest, false), corrected = with(WeightRounding::nearest, true),
               rounded = with(WeightRounding::fitted, false), both = with(WeightRounding::fitted, true);
  INFO("nearest " << nearest << " dB, biases " << corrected << " dB, rounding " << rounded << " dB, both " << both << " dB");
  CHECK(corrected > nearest - 0.1);
  CHECK(rounded > nearest + 3.0);
  CHECK(both > nearest + 5.0);
}

TEST_CASE("The integers are those of the fitted weights, exactly", "[fit-weights]") {
  const Graph graph = network();
  const Graph marked = fitted(graph, options_for(graph, WeightRounding::fitted, true));
  std::int64_t changed = 0;
  for (const char* name : {"w", "d", "p", "v"}) {
    const Value& value = value_named(marked, name);
    const Tensor weights{.dtype = DType::f32, .shape = value.type.shape, .bytes = *value.data};
    const Tensor again = weights_on_levels(weights);
    const auto a = weights.as<float>(), b = again.as<float>();
    const auto channels = static_cast<std::size_t>(weights.shape[weights.shape.rank() - 1]);
    const auto original = graph.constant(ValueId{static_cast<std::uint32_t>(
        std::ranges::find(graph.values, name, &Value::name) - graph.values.begin())});
    for (std::size_t i = 0; i < a.size(); ++i) {
      // A channel that was fitted lies on levels; the others are as they were.
      if (a[i] == original.as<float>()[i]) continue;
      CHECK(a[i] == Approx(b[i]).epsilon(1e-5));
      ++changed;
    }
    CHECK(channels > 0);
  }
  CHECK(changed > 500);
}

TEST_CASE("Fitting gives the same result every time, and leaves names and inputs alone", "[fit-weights]") {
  const Graph graph = network();
  const QuantizeOptions options = options_for(graph, WeightRounding::fitted, true);
  const Graph once = fitted(graph, options);
  CHECK(print(once) == print(fitted(graph, options)));
  CHECK(once.at(once.inputs[0]).name == "x");
  CHECK(once.at(once.outputs[0]).name == "y");
}

TEST_CASE("Nothing is fitted to a handful of samples, or when nothing is asked for", "[fit-weights]") {
  const Graph graph = network();
  const auto untouched = [&](const QuantizeOptions& options) {
    return print(fitted(graph, options)) == print(run_quantizing({"calibrate"}, graph, options));
  };
  CHECK(untouched(options_for(graph, WeightRounding::fitted, true, 7)));
  CHECK(untouched(options_for(graph, WeightRounding::nearest, false)));
  CHECK_FALSE(untouched(options_for(graph, WeightRounding::nearest, true)));
  CHECK(print(run_pass("fit-weights", graph)) == print(graph));
}

TEST_CASE("Few samples do no harm", "[fit-weights]") {
  const Graph graph = network();
  for (const std::int64_t samples : {1, 3, 8, 12, 20}) {
    const double before = fidelity(graph, integer_graph(graph, options_for(graph, WeightRounding::nearest, false, samples)));
    const double after = fidelity(graph, integer_graph(graph, options_for(graph, WeightRounding::fitted, true, samples)));
    INFO(samples << " samples: " << before << " dB, fitted " << after << " dB");
    CHECK(after > before - 0.5);
  }
}

TEST_CASE("Products that come with levels of their own keep weights and biases", "[fit-weights]") {
  const Graph graph = graph_of(R"(graph ""
input %x : f32[4x3]
constant @w : f32[3x2] = [0.5,-0.25,1.0,0.75,-0.125,0.625]
constant @b : f32[2] = random 3
constant @s : f32[2x2] = random 4
%h = Dense(%x, @w, @b) : f32[4x2]
%a = Dense(%h, @s) : f32[4x2]
%y = Dense(%a, @s) : f32[4x2]
output %y
)");
  const Graph after = fitted(graph, options_for(graph, WeightRounding::fitted, true));
  for (const char* name : {"w", "b", "s"})  // s: two layers share it
    CHECK(*value_named(after, name).data == *value_named(graph, name).data);
}
