// Weights of 0: how many, where, and what the others make of it.
#include "passes/prune/prune_weights.hpp"

#include "lib/exec/held_out.hpp"
#include "passes/prune/held_out_copies.hpp"
#include "tests/passes/quantizing.hpp"

using namespace mote;
using namespace mote::test;

namespace {

Graph network() {
  return graph_of(R"(graph ""
input %x : f32[1x6x6x3]
constant @w : f32[3x3x3x16] = random 1
constant @d : f32[3x3x16] = random 2
constant @v : f32[1x1x16x16] = random 3
constant @u : f32[16x4] = random 4
%a = Conv2d(%x, @w) {group=1, low=0.0, pads=[1,1,1,1]} : f32[1x6x6x16]
%b = DepthwiseConv2d(%a, @d) {low=0.0, pads=[1,1,1,1]} : f32[1x6x6x16]
%c = Conv2d(%b, @v) {group=1, low=0.0} : f32[1x6x6x16]
%p = AveragePool2d(%c) {kernel=[6,6]} : f32[1x1x1x16]
%f = Reshape(%p) {shape=[1,16]} : f32[1x16]
%y = Dense(%f, @u) : f32[1x4]
output %y
)");
}

Graph thinned(const Graph& graph, double share, const ops::StreamBlock& block = {}) {
  Result<Graph> result =
      prune_weights(graph, {.samples = random_samples(graph, 64), .share = share, .block = block});
  INFO((result ? std::string() : render(result.error())));
  REQUIRE(result);
  REQUIRE(verify(*result, Stage::canonical));
  return *std::move(result);
}

std::vector<float> weights_of(const Graph& graph, std::string_view name) {
  const Value& value = value_named(graph, name);
  const Tensor tensor{.dtype = DType::f32, .shape = value.type.shape, .bytes = *value.data};
  return {tensor.as<float>().begin(), tensor.as<float>().end()};
}

std::ptrdiff_t zeros_of(const Graph& graph, std::string_view name) {
  return std::ranges::count(weights_of(graph, name), 0.0F);
}

std::ptrdiff_t zeros_of(const Graph& graph) {
  return zeros_of(graph, "w") + zeros_of(graph, "v") + zeros_of(graph, "u");
}

}  // namespace

TEST_CASE("the share of weights that is asked for becomes 0, in layers that mix channels") {
  const Graph graph = network();
  const std::ptrdiff_t all = 3 * 3 * 3 * 16 + 16 * 16 + 16 * 4;
  for (const double share : {0.3, 0.6}) {
    const Graph thin = thinned(graph, share);
    CHECK(static_cast<double>(zeros_of(thin)) == Approx(share * static_cast<double>(all)).margin(3.0));
    CHECK(zeros_of(thin, "d") == zeros_of(graph, "d"));
    CHECK(static_cast<double>(zeros_of(thin, "u")) <= 0.5 * (1.0 + share) * 64.0 + 1.0);
  }
}

TEST_CASE("what is left answers nearly as the whole did") {
  const Graph graph = network();
  CHECK(fidelity(graph, thinned(graph, 0.25)) > 15.0);
  CHECK(fidelity(graph, thinned(graph, 0.25)) > fidelity(graph, thinned(graph, 0.75)));
}

TEST_CASE("zeros in blocks are those of neighbouring channels") {
  const Graph thin = thinned(network(), 0.5, {.channels = 4});
  for (const std::string_view name : {"w", "v", "u"}) {
    const std::vector<float> weights = weights_of(thin, name);
    for (std::size_t i = 0; i < weights.size(); i += 4) {
      const float* block = weights.data() + i;
      const auto zeros = std::count(block, block + 4, 0.0F);
      CHECK((zeros == 0 || zeros == 4));
    }
  }
}

TEST_CASE("integers keep the zeros, and kernels leave them out") {
  const Graph graph = thinned(network(), 0.7);
  QuantizeOptions options{.samples = random_samples(graph, 64)};
  const Graph integers = integer_graph(graph, options);
  std::vector<std::ptrdiff_t> before, after;
  for (const Node& node : graph.nodes)
    if (node.op->name == "Conv2d" || node.op->name == "Dense")
      before.push_back(zeros_of(graph, graph.at(node.inputs[1]).name));
  for (const Node& node : integers.nodes)
    if (node.op->name == "QuantizedConv2d" || node.op->name == "QuantizedDense")
      after.push_back(std::ranges::count(integers.constant(node.inputs[1]).as<std::int8_t>(), std::int8_t{0}));
  REQUIRE(after.size() == before.size());
  for (std::size_t i = 0; i < before.size(); ++i) CHECK(after[i] >= before[i]);
}

// Numbers of samples from which every second and every fourth are chosen, too.
TEST_CASE("samples that are held out do not choose what becomes 0") {
  const Graph graph = graph_of(R"(graph ""
input %x : f32[4x16]
constant @u : f32[16x8] = random 4
%y = Dense(%x, @u) : f32[4x8]
output %y
)");
  for (const std::int64_t count : {64, 1000, 2048, 4096}) {
    const std::vector<bool> held_out = held_out_of(count);
    const CalibrationSamples plain = random_samples(graph, count);
    const CalibrationSamples changed{.count = count, .sample = [&](std::int64_t index) -> Result<std::vector<Tensor>> {
                                       MOTE_TRY(std::vector<Tensor> inputs, plain.sample(index));
                                       if (!held_out[static_cast<std::size_t>(index)]) return inputs;
                                       const auto x = inputs[0].as<float>();
                                       for (std::size_t i = 0; i < x.size(); ++i) x[i] *= static_cast<float>(i % 16);
                                       return inputs;
                                     }};
    const auto one = prune_weights(graph, {.samples = plain, .share = 0.5});
    const auto other = prune_weights(graph, {.samples = changed, .share = 0.5});
    REQUIRE(one);
    REQUIRE(other);
    const std::vector<float> weights = weights_of(*one, "u"), others = weights_of(*other, "u");
    CHECK(std::ranges::count(weights, 0.0F) == 64);
    for (std::size_t i = 0; i < weights.size(); ++i) CHECK(others[i] == Approx(weights[i]).margin(1e-4));
  }
}

TEST_CASE("copies are held out with their source, whichever samples are chosen") {
  for (const std::int64_t stride : {1, 2, 4}) {
    const std::int64_t sources = 512;
    std::vector<std::int64_t> indices;
    for (std::int64_t i = 0; i < 1024; ++i) indices.push_back(i * stride);
    const std::vector<bool> held_out = made_of_held_out(indices, sources), of_source = held_out_of(sources);
    REQUIRE(held_out.size() == indices.size());
    for (std::size_t i = 0; i < indices.size(); ++i)
      CHECK(held_out[i] == of_source[static_cast<std::size_t>(indices[i] % sources)]);
    CHECK(std::ranges::count(held_out, true) > 100);
  }
}

TEST_CASE("of a handful of samples some are held out and some are not") {
  const std::vector<bool> of_source = held_out_of(20);
  for (const bool wanted : {false, true}) {
    std::vector<std::int64_t> alike;
    for (std::int64_t source = 0; source < 20; ++source)
      if (of_source[static_cast<std::size_t>(source)] == wanted) alike.push_back(source);
    const std::vector<bool> held_out = made_of_held_out(alike, 20);
    CHECK(std::ranges::count(held_out, true) > 0);
    CHECK(std::ranges::count(held_out, false) > 0);
  }
}

TEST_CASE("blocks of inputs go together, under one kernel row each") {
  const Graph thin = thinned(network(), 0.5, {.channels = 2, .inputs = 4});
  CHECK(layers_kept_whole(network(), {.channels = 2, .inputs = 4}).size() == 1);
  int blocks = 0, empty = 0;
  for (const auto& [name, row, outputs] : {std::tuple{"w", 9, 16}, {"v", 16, 16}, {"u", 16, 4}}) {
    const std::vector<float> weights = weights_of(thin, name);
    const auto inputs = static_cast<int>(weights.size()) / outputs;
    for (int begin = 0; begin < inputs; begin += row)
      for (int first = 0; first < row; first += 4)
        for (int output = 0; output < outputs; output += 2) {
          const int count = std::min(4, row - first);
          int zeros = 0;
          for (int i = begin + first; i < begin + first + count; ++i)
            for (int o = output; o < output + 2; ++o)
              if (weights[static_cast<std::size_t>(i * outputs + o)] == 0.0F) ++zeros;
          CHECK((zeros == 0 || zeros == 2 * count));
          ++blocks;
          empty += zeros > 0 ? 1 : 0;
        }
  }
  CHECK(empty == Approx(0.5 * blocks).margin(2.0));
}

TEST_CASE("layers that keep their weights are named, and a network of nothing else is refused") {
  CHECK(layers_kept_whole(network(), {}).size() == 1);  // the depthwise one
  const Graph odd = graph_of(R"(graph ""
input %x : f32[4x16]
constant @u : f32[16x6] = random 4
%y = Dense(%x, @u) : f32[4x6]
output %y
)");
  CHECK(layers_kept_whole(odd, {.channels = 2}).empty());
  CHECK(layers_kept_whole(odd, {.channels = 4}).size() == 1);
  const auto result = prune_weights(odd, {.samples = random_samples(odd, 64), .block = {.channels = 4}});
  REQUIRE(!result);
  CHECK(result.error().code == Code::usage);
}

TEST_CASE("a few samples are not enough to choose weights by") {
  const Graph graph = network();
  const auto result = prune_weights(graph, {.samples = random_samples(graph, 64), .sources = 4});
  REQUIRE(!result);
  CHECK(result.error().code == Code::usage);
}
