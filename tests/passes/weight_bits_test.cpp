// Which weights get four bits, and what becomes of them on the way to integers.
#include "passes/quantize/fit/weight_bits.hpp"

#include "lib/quant/weight_scale.hpp"
#include "tests/passes/quantizing.hpp"

using namespace mote;
using namespace mote::test;

namespace {

// A small first layer, a large one in the middle, a last one of middling size.
Graph network() {
  return graph_of(R"(graph ""
input %x : f32[1x8]
constant @a : f32[8x6] = random 1
constant @b : f32[6x200] = random 2
constant @c : f32[200x4] = random 3
%h = Dense(%x, @a) {low=0.0} : f32[1x6]   // first (Gemm)
%g = Dense(%h, @b) {low=0.0} : f32[1x200]   // second (Gemm)
%y = Dense(%g, @c) : f32[1x4]   // third (Gemm)
output %y
)");
}

QuantizeOptions options_for(const Graph& graph, std::int64_t samples = 40) {
  QuantizeOptions options{.samples = random_samples(graph, samples), .range = RangeMethod::minmax};
  options.equalize = false;
  options.weight_bits = 4;
  return options;
}

// Bits of a, b and c.
std::vector<int> chosen(const Graph& graph, const QuantizeOptions& options) {
  const Graph marked = run_quantizing({"calibrate"}, graph, options);
  const auto bits = choose_weight_bits(marked, options);
  REQUIRE(bits);
  std::vector<int> found;
  for (const char* name : {"a", "b", "c"})
    for (std::size_t i = 0; i < marked.values.size(); ++i)
      if (marked.values[i].name == name) found.push_back((*bits)[i]);
  return found;
}

bool has_4_bits(const Graph& graph, std::string_view name) {
  const Value& value = value_named(graph, name);
  const Tensor weights{.dtype = DType::f32, .shape = value.type.shape, .bytes = *value.data};
  const auto channels = static_cast<std::size_t>(weights.shape.extents().back());
  for (std::size_t channel = 0; channel < channels; ++channel) {
    std::vector<double> own;
    for (std::size_t i = channel; i < weights.as<float>().size(); i += channels)
      own.push_back(static_cast<double>(weights.as<float>()[i]));
    if (!lie_on_levels(own, largest_weight_level_of_4_bits)) return false;
  }
  return true;
}

}  // namespace

TEST_CASE("Eight bits are the default, four are asked for") {
  const Graph graph = network();
  QuantizeOptions options = options_for(graph);
  options.weight_bits = 8;
  CHECK(chosen(graph, options) == std::vector<int>{8, 8, 8});
}

TEST_CASE("The weights that cost the outputs most for their size keep eight bits, up to a tenth of all") {
  // Every output depends on all of a, 48 weights of 2048; b and c hold more than a tenth each.
  CHECK(chosen(network(), options_for(network())) == std::vector<int>{8, 4, 4});
}

TEST_CASE("Patterns of weights and layers decide before that, eight bits before four") {
  const Graph graph = network();
  QuantizeOptions options = options_for(graph);
  options.weights_of_8_bits = {"b"};
  options.weights_of_4_bits = {"a"};
  CHECK(chosen(graph, options) == std::vector<int>{4, 8, 4});
  options.weights_of_8_bits = {"thi*"};
  options.weights_of_4_bits = {"*"};
  CHECK(chosen(graph, options) == std::vector<int>{4, 4, 8});
  options.weight_bits = 8;
  options.weights_of_4_bits = {"second"};
  options.weights_of_8_bits = {};
  CHECK(chosen(graph, options) == std::vector<int>{8, 4, 8});
}

TEST_CASE("Weights that one layer names for four bits and another for eight keep eight") {
  const Graph graph = graph_of(R"(graph ""
input %x : f32[1x40]
constant @w : f32[40x40] = random 1
%h = Dense(%x, @w) {low=0.0} : f32[1x40]   // first (Gemm)
%y = Dense(%h, @w) : f32[1x40]   // second (Gemm)
output %y
)");
  for (const char* narrow : {"first", "second"}) {
    QuantizeOptions options = options_for(graph);
    options.weights_of_4_bits = {narrow};
    options.weights_of_8_bits = {narrow == std::string("first") ? "second" : "first"};
    const Graph marked = run_quantizing({"calibrate"}, graph, options);
    const auto bits = choose_weight_bits(marked, options);
    REQUIRE(bits);
    CHECK(std::ranges::max(*bits) == 8);
    CHECK(std::ranges::count(*bits, 4) == 0);
  }
}

TEST_CASE("Chosen weights come out on levels of four bits however they are rounded") {
  const Graph graph = network();
  for (const auto rounding : {WeightRounding::fitted, WeightRounding::nearest})
    for (const bool correct_bias : {false, true})
      for (const std::int64_t samples : {3, 40}) {
        QuantizeOptions options = options_for(graph, samples);
        options.weights_of_4_bits = {"b", "c"};
        options.weight_bits = 8;
        options.weight_rounding = rounding;
        options.correct_bias = correct_bias;
        const Graph marked = run_quantizing({"calibrate", "fit-weights"}, graph, options);
        CHECK_FALSE(has_4_bits(marked, "a"));
        CHECK(has_4_bits(marked, "b"));
        CHECK(has_4_bits(marked, "c"));
        const Graph packed = run_quantizing({"realize-integers", "pack-weights"}, marked, options);
        CHECK(std::ranges::count_if(packed.nodes, [](const Node& node) { return node.inputs.size() == 7; }) == 2);
      }
}

TEST_CASE("At four bits fitting is worth several dB") {
  const Graph graph = network();
  QuantizeOptions options = options_for(graph, 64);
  options.wide = {"*"};  // only weights lose anything
  options.weights_of_4_bits = {"*"};
  const double fitted = fidelity(graph, integer_graph(graph, options));
  options.weight_rounding = WeightRounding::nearest;
  const double nearest = fidelity(graph, integer_graph(graph, options));
  INFO("nearest " << nearest << " dB, fitted " << fitted << " dB");
  CHECK(fitted > nearest + 3.0);
}

TEST_CASE("Weights alone are quantized with samples and without, and the network stays real") {
  const Graph graph = network();
  for (const int bits : {8, 4})
    for (const std::int64_t samples : {0, 40}) {
      QuantizeOptions options = options_for(graph, samples);
      options.weights_only = true;
      options.weight_bits = bits;
      const Graph after = run_quantizing(
          {"equalize", "calibrate", "fit-weights", "realize-integers", "integer-interface", "pack-weights"}, graph, options);
      CHECK(ops_of(after) == "Dense Dense Dense");
      CHECK(std::ranges::count_if(after.nodes, [](const Node& node) { return node.inputs.size() == 6; }) == 3);
      const double found = fidelity(graph, after);
      INFO(bits << " bits, " << samples << " samples: " << found << " dB");
      CHECK(found > (bits == 8 ? 38.0 : 14.0));
    }
}
