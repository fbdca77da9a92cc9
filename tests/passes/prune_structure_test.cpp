// Structured pruning: what can go without loss goes first, what must go costs as little as least squares allow.
#include "passes/prune/prune_structure.hpp"

#include "passes/prune/channel_facts.hpp"
#include "passes/prune/compare_structures.hpp"
#include "tests/passes/quantizing.hpp"

using namespace mote;
using namespace mote::test;

namespace {

Graph pruned(const Graph& graph, double macs) {
  Result<Graph> result = prune_structure(graph, {.samples = random_samples(graph, 64), .goal = keep_macs(macs)});
  INFO((result ? std::string() : render(result.error())));
  REQUIRE(result);
  REQUIRE(verify(*result, Stage::canonical));
  return *std::move(result);
}

// Eight channels of which the last four are sums of the first.
constexpr const char* redundant = R"(graph ""
input %x : f32[8x4]
constant @w : f32[4x8] = [1,0,0,0, 1,0,1,0,  0,1,0,0, 1,1,0,0,  0,0,1,0, 0,1,1,1,  0,0,0,1, 0,0,0,1]
constant @v : f32[8x4] = random 1
%h = Dense(%x, @w) : f32[8x8]
%y = Dense(%h, @v) : f32[8x4]
output %y
)";

}  // namespace

TEST_CASE("channels that others can stand in for cost nothing") {
  const Graph graph = graph_of(redundant);
  const Graph half = pruned(graph, 0.5);
  CHECK(compare_structures(graph, half).macs_after == compare_structures(graph, half).macs_before / 2);
  CHECK(fidelity(graph, half) > 30.0);
}

TEST_CASE("the repair makes up for much of what a removal costs") {
  const Graph graph = graph_of(R"(graph ""
input %x : f32[1x6x6x3]
constant @w : f32[3x3x3x16] = random 1
constant @d : f32[3x3x16] = random 2
constant @v : f32[1x1x16x16] = random 3
constant @u : f32[16x3] = random 4
%a = Conv2d(%x, @w) {group=1, low=0.0, pads=[1,1,1,1]} : f32[1x6x6x16]
%b = DepthwiseConv2d(%a, @d) {low=0.0, pads=[1,1,1,1]} : f32[1x6x6x16]
%c = Conv2d(%b, @v) {group=1, low=0.0} : f32[1x6x6x16]
%p = AveragePool2d(%c) {kernel=[6,6]} : f32[1x1x1x16]
%f = Reshape(%p) {shape=[1,16]} : f32[1x16]
%y = Dense(%f, @u) : f32[1x3]
output %y
)");
  const Graph smaller = pruned(graph, 0.7);
  const StructureReport report = compare_structures(graph, smaller);
  CHECK(report.macs_after <= static_cast<std::int64_t>(0.7 * static_cast<double>(report.macs_before)));
  for (const LayerStructure& layer : report.layers) CHECK((layer.outputs_after % 4 == 0 || layer.outputs_after == 3));
  CHECK(fidelity(graph, smaller) > 6.0);
}

TEST_CASE("channels go where the outputs hardly notice") {
  const auto channels = [](const std::string& first, const std::string& second) {
    const Graph graph = graph_of(R"(graph ""
input %x : f32[8x4]
constant @a : f32[4x12] = random 1
constant @b : f32[4x12] = random 2
constant @v : f32[12x4] = random 3
constant @u : f32[12x4] = random 4
constant @first : f32[1] = [)" + first + R"(]
constant @second : f32[1] = [)" + second + R"(]
%p = Dense(%x, @a) {low=0.0} : f32[8x12]
%q = Dense(%x, @b) {low=0.0} : f32[8x12]
%s = Dense(%p, @v) : f32[8x4]
%t = Dense(%q, @u) : f32[8x4]
%k = Mul(%s, @first) : f32[8x4]
%m = Mul(%t, @second) : f32[8x4]
%y = Add(%k, %m) : f32[8x4]
output %y
)");
    const Graph smaller = pruned(graph, 0.84);
    std::vector<std::size_t> left;
    for (const std::size_t node : {0U, 1U}) left.push_back(channel_count(smaller.at(smaller.nodes[node].outputs[0]).type));
    return left;
  };
  CHECK(channels("1.0", "0.01") == std::vector<std::size_t>{12, 8});
  CHECK(channels("0.01", "1.0") == std::vector<std::size_t>{8, 12});
}

TEST_CASE("a layer that saves next to nothing can be spared, even if the outputs hardly use it") {
  const Graph graph = graph_of(R"(graph ""
input %x : f32[1x8x8x3]
constant @a : f32[1x1x3x16] = random 1
constant @b : f32[1x1x16x16] = random 2
constant @v : f32[16x16] = random 3
constant @u : f32[16x3] = random 4
constant @little : f32[1] = [0.001]
%p = Conv2d(%x, @a) {group=1, low=0.0} : f32[1x8x8x16]
%q = Conv2d(%p, @b) {group=1, low=0.0} : f32[1x8x8x16]
%m = AveragePool2d(%q) {kernel=[8,8]} : f32[1x1x1x16]
%f = Reshape(%m) {shape=[1,16]} : f32[1x16]
%h = Dense(%f, @v) {low=0.0} : f32[1x16]
%s = Dense(%h, @u) : f32[1x3]
%k = Mul(%s, @little) : f32[1x3]
constant @w : f32[16x3] = random 5
%t = Dense(%f, @w) : f32[1x3]
%y = Add(%k, %t) : f32[1x3]
output %y
)");
  const auto channels_of_h = [&](bool spares_small_layers) {
    const auto smaller = prune_structure(
        graph,
        {.samples = random_samples(graph, 64), .goal = keep_macs(0.6), .spares_small_layers = spares_small_layers});
    REQUIRE(smaller);
    return channel_count(smaller->at(graph.nodes[4].outputs[0]).type);
  };
  CHECK(channels_of_h(true) == 16);
  CHECK(channels_of_h(false) < 16);
}

TEST_CASE("a goal of its own says what is worth removing and when to stop") {
  const Graph graph = graph_of(R"(graph ""
input %x : f32[8x4]
constant @a : f32[4x12] = random 1
constant @b : f32[12x12] = random 2
constant @v : f32[12x4] = random 3
%p = Dense(%x, @a) {low=0.0} : f32[8x12]
%q = Dense(%p, @b) {low=0.0} : f32[8x12]
%y = Dense(%q, @v) : f32[8x4]
output %y
)");
  const auto channels_of_q = [](const Graph& now) { return channel_count(now.at(now.nodes[1].outputs[0]).type); };
  const auto goal = [&](const Graph& now) -> Result<std::optional<PruneRound>> {
    if (channels_of_q(now) <= 8) return std::optional<PruneRound>{};
    PruneRound round{.worth = std::vector<double>(now.values.size(), 0.0), .wanted = 1.0};
    round.worth[*now.nodes[1].outputs[0]] = 1.0;
    return std::optional(std::move(round));
  };
  const auto smaller = prune_structure(graph, {.samples = random_samples(graph, 64), .goal = goal});
  REQUIRE(smaller);
  CHECK(channels_of_q(*smaller) == 8);
  CHECK(channel_count(smaller->at(smaller->nodes[0].outputs[0]).type) == 12);
}

TEST_CASE("families keep as many channels as a goal says, whatever it wants beyond that") {
  const Graph graph = graph_of(R"(graph ""
input %x : f32[8x4]
constant @a : f32[4x16] = random 1
constant @b : f32[16x16] = random 2
constant @v : f32[16x4] = random 3
%p = Dense(%x, @a) {low=0.0} : f32[8x16]
%q = Dense(%p, @b) {low=0.0} : f32[8x16]
%y = Dense(%q, @v) : f32[8x4]
output %y
)");
  const std::size_t p = *graph.nodes[0].outputs[0], q = *graph.nodes[1].outputs[0];
  const auto goal = [&](const Graph& now) -> Result<std::optional<PruneRound>> {
    return std::optional(PruneRound{.worth = std::vector<double>(now.values.size(), 1.0), .wanted = 1000.0, .least = {{p, 16}, {q, 10}}});
  };
  const auto smaller = prune_structure(graph, {.samples = random_samples(graph, 64), .goal = goal});
  REQUIRE(smaller);
  CHECK(channel_count(smaller->values[p].type) == 16);
  CHECK(channel_count(smaller->values[q].type) == 10);
}

TEST_CASE("the branches of a sum are pruned together") {
  const Graph graph = graph_of(R"(graph ""
input %x : f32[8x4]
constant @a : f32[4x12] = random 1
constant @b : f32[12x12] = random 2
constant @v : f32[12x4] = random 3
constant @c : f32[12] = random 4
%p = Dense(%x, @a, @c) : f32[8x12]
%q = Dense(%p, @b, @c, %p) {low=0.0} : f32[8x12]
%y = Dense(%q, @v) : f32[8x4]
output %y
)");
  const Graph smaller = pruned(graph, 0.5);
  REQUIRE(compare_structures(graph, smaller).changed());
  CHECK(smaller.at(smaller.nodes[0].outputs[0]).type.shape == smaller.at(smaller.nodes[1].outputs[0]).type.shape);
}

TEST_CASE("a few samples are not enough to prune by, however often they are changed a little") {
  const Graph graph = graph_of(redundant);
  for (const PruneOptions& options : {PruneOptions{.samples = random_samples(graph, 4)},
                                      PruneOptions{.samples = random_samples(graph, 64), .sources = 4}}) {
    const auto result = prune_structure(graph, options);
    REQUIRE(!result);
    CHECK(result.error().code == Code::usage);
    CHECK_THAT(result.error().message, Catch::Contains("4 samples"));
  }
}
