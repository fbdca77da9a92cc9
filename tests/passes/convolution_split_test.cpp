// A convolution as two in a row: nothing changes where the weights have the rank, at borders neither.
#include "passes/prune/convolution_split.hpp"

#include "passes/prune/compare_structures.hpp"
#include "passes/prune/prune_network.hpp"
#include "passes/prune/split_choices.hpp"
#include "passes/quantize/fit/product_parameters.hpp"
#include "tests/passes/quantizing.hpp"

using namespace mote;
using namespace mote::test;

namespace {

// The factors of a convolution's weights for inputs that do not depend on each other.
SplitConvolution split_of(const Graph& graph, std::size_t node, ConvolutionSplit split) {
  const OpView op{graph, graph.nodes[node]};
  const std::vector<std::size_t> order = input_order(op, split);
  InputMoments moments{.means = std::vector(order.size(), 0.0),
                       .covariance = std::vector(order.size() * order.size(), 0.0)};
  for (std::size_t i = 0; i < order.size(); ++i) moments.covariance[i * order.size() + i] = 1.0;
  const ProductParameters own = parameters_of(op, 0, op.constant(1), bias_tensor(op));
  const WeightFactoring factoring(moments, own.weights, order, block_count(op, split));
  split.rank = split.rank == 0 ? factoring.full_rank() : split.rank;
  return {.node = node, .split = split, .factors = factoring.with_rank(split.rank), .bias = own.bias};
}

constexpr const char* network = R"(graph ""
input %x : f32[1x9x7x3]
constant @w : f32[3x2x3x8] = random 1
constant @b : f32[8] = random 2
constant @v : f32[5x5x8x6] = random 3
constant @r : f32[1x1x8x6] = random 4
%h = Conv2d(%x, @w, @b) {group=1, low=0.0, pads=[1,0,1,1]} : f32[1x9x7x8]
%s = Conv2d(%h, @r) {group=1, strides=[2,2]} : f32[1x5x4x6]
%y = Conv2d(%h, @v, _, %s) {dilations=[1,2], group=1, high=1.5, low=-1.0, pads=[2,4,2,4], strides=[2,2]} : f32[1x5x4x6]
output %y
)";

// All weights of the second layer are the same.
constexpr const char* wide = R"(graph ""
input %x : f32[1x8x8x4]
constant @a : f32[3x3x4x16] = random 1
constant @c : f32[3x3x16x16] = fill 0.01
constant @u : f32[16x4] = random 4
%p = Conv2d(%x, @a) {group=1, low=0.0, pads=[1,1,1,1]} : f32[1x8x8x16]
%q = Conv2d(%p, @c) {group=1, low=0.0, pads=[1,1,1,1]} : f32[1x8x8x16]
%m = AveragePool2d(%q) {kernel=[8,8]} : f32[1x1x1x16]
%f = Reshape(%m) {shape=[1,16]} : f32[1x16]
%y = Dense(%f, @u) : f32[1x4]
output %y
)";

}  // namespace

TEST_CASE("of full rank two convolutions give what the one gave, whoever has which axis") {
  const Graph graph = graph_of(network);
  for (const std::size_t node : {0U, 1U, 2U})
    for (const ConvolutionSplit& way : ways_to_split({graph, graph.nodes[node]})) {
      INFO("node " << node << ", height first " << way.height_first << ", width first " << way.width_first);
      const Graph split = with_splits(graph, {split_of(graph, node, way)});
      REQUIRE(verify(split, Stage::canonical));
      CHECK(split.nodes.size() == graph.nodes.size() + 1);
      CHECK(fidelity(graph, split) > 90.0);
    }
}

TEST_CASE("an axis without a window is the first one's") {
  const Graph graph = graph_of(network);
  CHECK(ways_to_split({graph, graph.nodes[0]}).size() == 4);
  CHECK(ways_to_split({graph, graph.nodes[1]}).size() == 1);
}

TEST_CASE("the work of a split is that of its two convolutions") {
  const Graph graph = graph_of(network);
  for (const std::size_t node : {0U, 1U, 2U})
    for (ConvolutionSplit way : ways_to_split({graph, graph.nodes[node]})) {
      way.rank = 2;
      const Graph split = with_splits(graph, {split_of(graph, node, way)});
      const StructureReport report = compare_structures(graph, split);
      const OpView op{graph, graph.nodes[node]};
      CHECK(report.macs_after - report.macs_before == macs_of(op, way) - op.node.op->macs(op));
      REQUIRE(report.layers.size() == 1);
      CHECK(report.layers[0].outputs_after == report.layers[0].outputs_before);
      CHECK(report.layers[0].rank == 2);
    }
}

TEST_CASE("a split is reported with its rank and its windows, and the halves have names of their own") {
  const Graph graph = graph_of(R"(graph ""
input %x : f32[1x6x6x8]
constant @w : f32[1x1x8x8] = random 1
constant @v : f32[3x5x8x8] = random 2
%h = Conv2d(%x, @w) {group=1, low=0.0} : f32[1x6x6x8]   // small (Conv)
%y = Conv2d(%h, @v) {group=1, pads=[1,2,1,2]} : f32[1x6x6x8]   // large (Conv)
output %y
)");
  const SplitConvolution small = split_of(graph, 0, {.rank = 4});  // as many weights as before
  const SplitConvolution large = split_of(graph, 1, {.height_first = true, .width_first = false, .rank = 3});
  const Graph split = with_splits(graph, {small, large});
  const StructureReport report = compare_structures(graph, split);
  REQUIRE(report.layers.size() == 2);
  CHECK(report.layers[0].weights_after == report.layers[0].weights_before);
  CHECK(report.layers[0].rank == 4);
  CHECK(report.layers[1].rank == 3);
  CHECK(report.layers[1].first_kernel == std::array<std::int64_t, 2>{3, 1});
  CHECK(report.layers[1].second_kernel == std::array<std::int64_t, 2>{1, 5});
  std::vector<std::string> names;
  for (const Node& node : split.nodes) names.push_back(node.origin.node);
  CHECK(names == std::vector<std::string>{"small_first", "small", "large_first", "large"});
}

TEST_CASE("grouped and depthwise convolutions, dense layers and integers are not split") {
  const Graph graph = graph_of(R"(graph ""
input %x : f32[1x4x4x4]
constant @g : f32[3x3x2x4] = random 1
constant @d : f32[3x3x4] = random 2
constant @w : f32[4x2] = random 3
%a = Conv2d(%x, @g) {group=2, pads=[1,1,1,1]} : f32[1x4x4x4]
%b = DepthwiseConv2d(%a, @d) {pads=[1,1,1,1]} : f32[1x4x4x4]
%c = AveragePool2d(%b) {kernel=[4,4]} : f32[1x1x1x4]
%f = Reshape(%c) {shape=[1,4]} : f32[1x4]
%y = Dense(%f, @w) : f32[1x2]
output %y
)");
  for (const Node& node : graph.nodes) CHECK(!can_be_split({graph, node}));
}

TEST_CASE(
    "the splits that cost least for what they save are chosen, further ones of the same layer for the difference") {
  const auto choice = [](std::size_t node, std::int64_t saved, double loss) {
    return SplitChoice{.convolution = {.node = node, .split = {.rank = static_cast<std::size_t>(saved)}},
                       .macs_saved = saved,
                       .loss = loss};
  };
  const std::vector<std::vector<SplitChoice>> choices{
      {choice(0, 100, 1.0), choice(0, 200, 4.0)}, {choice(1, 100, 2.0), choice(1, 200, 3.0)}, {}};
  const auto ranks = [&](std::int64_t macs) {
    std::vector<std::size_t> found;
    for (const SplitConvolution& split : cheapest_splits(choices, macs).convolutions) found.push_back(split.split.rank);
    return found;
  };
  CHECK(ranks(0).empty());
  CHECK(ranks(50) == std::vector<std::size_t>{100});
  CHECK(ranks(250) == std::vector<std::size_t>{100, 200});
  CHECK(ranks(1000) == std::vector<std::size_t>{200, 200});
  CHECK(cheapest_splits(choices, 300).loss == 4.0);
}

TEST_CASE("what is saved beyond the goal is given back where it helps most") {
  const auto choice = [](std::size_t node, std::int64_t saved, double loss) {
    return SplitChoice{.convolution = {.node = node}, .macs_saved = saved, .loss = loss};
  };
  // The first steps are cheap ones of 30 each; the last one saves far more than is left to save.
  const std::vector<std::vector<SplitChoice>> choices{
      {choice(0, 30, 0.1)}, {choice(1, 30, 0.2)}, {choice(2, 100, 5.0)}};
  CHECK(cheapest_splits(choices, 60).loss == Approx(0.3));
  CHECK(cheapest_splits(choices, 80).loss == 5.0);
  const std::vector<std::vector<SplitChoice>> finer{{choice(0, 30, 0.1), choice(0, 100, 1.0), choice(0, 80, 0.9)}};
  CHECK(cheapest_splits(finer, 70).loss == 0.9);
}

TEST_CASE("a layer whose weights repeat along its window is split rather than narrowed") {
  const Graph graph = graph_of(wide);
  const auto result = prune_network(graph, {.samples = random_samples(graph, 64), .macs = 0.6});
  REQUIRE(result);
  REQUIRE(verify(*result, Stage::canonical));
  const StructureReport report = compare_structures(graph, *result);
  CHECK(report.macs_after <= static_cast<std::int64_t>(0.6 * static_cast<double>(report.macs_before)));
  CHECK(result->nodes.size() > graph.nodes.size());
  CHECK(fidelity(graph, *result) > 40.0);
}

TEST_CASE("a network without anything to split is pruned as ever") {
  const Graph graph = graph_of(R"(graph ""
input %x : f32[8x4]
constant @w : f32[4x8] = [1,0,0,0, 1,0,1,0,  0,1,0,0, 1,1,0,0,  0,0,1,0, 0,1,1,1,  0,0,0,1, 0,0,0,1]
constant @v : f32[8x4] = random 1
%h = Dense(%x, @w) : f32[8x8]
%y = Dense(%h, @v) : f32[8x4]
output %y
)");
  const auto result = prune_network(graph, {.samples = random_samples(graph, 64), .macs = 0.5});
  REQUIRE(result);
  CHECK(result->nodes.size() == graph.nodes.size());
  CHECK(compare_structures(graph, *result).macs_after == compare_structures(graph, *result).macs_before / 2);
}
