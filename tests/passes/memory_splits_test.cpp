// Convolutions that become two where memory is short.
#include "passes/fit/memory_splits.hpp"

#include "lib/target/target_catalog.hpp"
#include "passes/fit/shrink.hpp"
#include "passes/fit/widths.hpp"
#include "passes/prune/prune_structure.hpp"
#include "tests/passes/quantizing.hpp"

using namespace mote;
using namespace mote::test;

namespace {

// While the block works, %a waits for the shortcut around it, which reads a quarter of its pixels.
constexpr const char* network = R"(graph ""
input %x : f32[1x8x8x2]
constant @i : f32[3x3x2x16] = random 1
constant @u : f32[3x3x16x32] = random 2
constant @v : f32[3x3x32x32] = random 3
constant @s : f32[1x1x16x32] = random 4
constant @e : f32[32x4] = random 5
%a = Conv2d(%x, @i) {group=1, low=0.0, pads=[1,1,1,1]} : f32[1x8x8x16]
%c = Conv2d(%a, @u) {group=1, low=0.0, pads=[1,1,1,1], strides=[2,2]} : f32[1x4x4x32]
%d = Conv2d(%c, @v) {group=1, pads=[1,1,1,1]} : f32[1x4x4x32]
%t = Conv2d(%a, @s, _, %d) {group=1, low=0.0, strides=[2,2]} : f32[1x4x4x32]
%p = AveragePool2d(%t) {kernel=[4,4]} : f32[1x1x1x32]
%f = Reshape(%p) {shape=[1,32]} : f32[1x32]
%y = Dense(%f, @e) : f32[1x4]
output %y
)";

struct Case {
  Graph graph = with_own_parameters(graph_of(network));
  RoughOptions rough{.target = *load_target("nucleo-l4r5zi"), .samples = random_samples(graph, 64)};
  std::int64_t whole = rough_plan(graph, rough)->arena_bytes;
};

std::size_t node_of(const Graph& graph, std::string_view output) {
  const auto found =
      std::ranges::find_if(graph.nodes, [&](const Node& node) { return graph.at(node.outputs[0]).name == output; });
  return static_cast<std::size_t>(found - graph.nodes.begin());
}

// Channels of the original's values.
std::size_t channels_within(const Graph& graph, const Case& given, std::int64_t ram_bytes) {
  const auto widths = widths_for_memory(graph, given.rough, ram_bytes);
  REQUIRE((widths && *widths));
  std::size_t sum = 0;
  for (const auto& [family, width] : widths_of(given.graph)) sum += (*widths)->at(family);
  return sum;
}

}  // namespace

TEST_CASE(
    "where memory is short, a shortcut that reads few pixels goes ahead in part, and channels stay that had to go",
    "[fit]") {
  const Case given;
  const std::int64_t limit = given.whole * 5 / 8;
  const auto wanted = splits_for_memory(given.graph, given.rough, limit);
  REQUIRE(wanted);
  const auto of_shortcut = [&](const WantedSplit& one) { return one.node == node_of(given.graph, "t"); };
  CHECK(std::ranges::count_if(*wanted, of_shortcut) == 1);
  const ChosenSamples samples = *samples_to_prune_by(given.graph, given.rough.samples, 0);
  const Graph split = with_splits(given.graph, *factored_splits(given.graph, samples, *wanted));
  CHECK(channels_within(split, given, limit) > channels_within(given.graph, given, limit));
}

TEST_CASE("samples beyond what floats can sum leave convolutions whole", "[fit]") {
  const Case given;
  const auto wanted = splits_for_memory(given.graph, given.rough, given.whole * 5 / 8);
  REQUIRE((wanted && !wanted->empty()));
  const CalibrationSamples huge{.count = 64, .sample = [&](std::int64_t i) -> Result<std::vector<Tensor>> {
                                  MOTE_TRY(std::vector<Tensor> inputs, given.rough.samples.sample(i));
                                  for (float& value : inputs[0].as<float>()) value *= 1e30F;
                                  return inputs;
                                }};
  const auto splits = factored_splits(given.graph, *samples_to_prune_by(given.graph, huge, 0), *wanted);
  REQUIRE(splits);
  CHECK(splits->empty());
}

TEST_CASE("splits are pruned by the samples that their original gave its results for", "[fit]") {
  const Case given;
  const CalibrationSamples fewer = random_samples(given.graph, 24);
  const ChosenSamples chosen = *samples_to_prune_by(given.graph, fewer, 0);
  const auto wanted = splits_for_memory(given.graph, given.rough, given.whole * 5 / 8);
  REQUIRE((wanted && !wanted->empty()));
  const Graph split = with_splits(given.graph, *factored_splits(given.graph, chosen, *wanted));
  const PruneOriginal original{given.graph, chosen, *product_references(given.graph, chosen)};
  const auto pruned_with = [&](const CalibrationSamples& samples) {
    const auto result = prune_structure(split, {.samples = samples, .goal = keep_macs(0.6), .original = &original});
    REQUIRE(result);
    return print(*result, ConstantText::by_hash);
  };
  CHECK(pruned_with(given.rough.samples) == pruned_with(fewer));
}

TEST_CASE("where channels alone keep most of a network, nothing is split", "[fit]") {
  const Case given;
  CHECK(splits_for_memory(given.graph, given.rough, given.whole)->empty());
  CHECK(splits_for_memory(given.graph, given.rough, given.whole * 9 / 10)->empty());
}

TEST_CASE("a network with splits is made smaller until it fits, from the original with all of its outputs", "[fit]") {
  const Case given;
  const FitLimits limits{.ram_bytes = given.whole * 5 / 8, .flash_bytes = 1'000'000};
  const auto networks = shrink_to_fit(given.graph, {.rough = given.rough, .limits = limits});
  REQUIRE(networks);
  REQUIRE_FALSE(networks->out_of_reach);
  CHECK(networks->splits > 0);
  CHECK(networks->steps.front().footprint.ram_bytes == given.whole);
  CHECK(limits.hold(networks->steps.back().footprint));
  const auto again = shrink_to_fit(given.graph, {.rough = given.rough, .limits = limits});
  CHECK(print(networks->steps.back().graph) == print(again->steps.back().graph));
}
