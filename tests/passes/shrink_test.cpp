// Networks that are made smaller until they fit: memory first, and no further than needed.
#include "passes/fit/shrink.hpp"

#include "lib/target/target_catalog.hpp"
#include "passes/fit/widths.hpp"
#include "tests/passes/quantizing.hpp"

using namespace mote;
using namespace mote::test;

namespace {

// The widest values are %a and %b, most weights are in the dense layers.
constexpr const char* network = R"(graph ""
input %x : f32[1x8x8x3]
constant @w : f32[3x3x3x16] = random 1
constant @v : f32[1x1x16x12] = random 2
constant @d : f32[12x64] = random 3
constant @e : f32[64x4] = random 4
%a = Conv2d(%x, @w) {group=1, low=0.0, pads=[1,1,1,1]} : f32[1x8x8x16]
%b = Conv2d(%a, @v) {group=1, low=0.0} : f32[1x8x8x12]
%p = AveragePool2d(%b) {kernel=[8,8]} : f32[1x1x1x12]
%f = Reshape(%p) {shape=[1,12]} : f32[1x12]
%h = Dense(%f, @d) {low=0.0} : f32[1x64]
%y = Dense(%h, @e) : f32[1x4]
output %y
)";

ShrunkNetworks shrinking(const Graph& graph, const FitLimits& limits) {
  const auto result = shrink_to_fit(graph, {.rough = {.target = *load_target("nucleo-l4r5zi"), .samples = random_samples(graph, 64)}, .limits = limits});
  INFO((result ? std::string() : render(result.error())));
  REQUIRE(result);
  return *result;
}

std::vector<ShrunkNetwork> shrunk(const Graph& graph, const FitLimits& limits) { return shrinking(graph, limits).steps; }

Footprint whole() { return shrunk(graph_of(network), {.ram_bytes = 1'000'000, .flash_bytes = 1'000'000}).front().footprint; }

std::int64_t channels(const Graph& graph, std::size_t node) {
  const Shape& shape = graph.at(graph.nodes[node].outputs[0]).type.shape;
  return shape[shape.rank() - 1];
}

}  // namespace

TEST_CASE("a network that fits stays as it is", "[fit]") {
  const auto networks = shrunk(graph_of(network), {.ram_bytes = 1'000'000, .flash_bytes = 1'000'000});
  CHECK(networks.size() == 1);
}

TEST_CASE("for memory only channels of the fullest steps go", "[fit]") {
  FitLimits limits{.ram_bytes = whole().ram_bytes * 3 / 4, .flash_bytes = 1'000'000};
  const auto networks = shrunk(graph_of(network), limits);
  REQUIRE(networks.size() > 1);
  CHECK(limits.hold(networks.back().footprint));
  CHECK_FALSE(limits.hold(networks[networks.size() - 2].footprint));
  CHECK(channels(networks.back().graph, 0) + channels(networks.back().graph, 1) < 28);
  CHECK(channels(networks.back().graph, 4) == 64);
}

TEST_CASE("memory takes no channel more than it must", "[fit]") {
  const Graph graph = graph_of(network);
  const RoughOptions rough{.target = *load_target("nucleo-l4r5zi"), .samples = random_samples(graph, 64)};
  const Graph fused = shrunk(graph, {.ram_bytes = 1'000'000, .flash_bytes = 1'000'000}).front().graph;
  const FamilyWidths whole = widths_of(fused);
  REQUIRE(whole.size() == 3);
  const auto memory_at = [&](const FamilyWidths& widths) { return rough_plan(narrowed(fused, widths), rough)->arena_bytes; };
  const std::int64_t most = memory_at(whole), least = memory_at(least_widths_of(fused));
  for (int part = 0; part < 8; ++part) {
    const std::int64_t limit = least + (most - least) * part / 8;
    const auto found = widths_for_memory(fused, rough, limit);
    REQUIRE((found && *found));
    CHECK(memory_at(**found) <= limit);
    for (const auto& [family, width] : **found) {
      if (width == whole.at(family)) continue;
      FamilyWidths wider = **found;
      wider[family] = std::min(width + 4, whole.at(family));
      CHECK(memory_at(wider) > limit);
    }
  }
  CHECK(*widths_for_memory(fused, rough, least - 1) == std::nullopt);
}

TEST_CASE("what is weighed has the interface that was asked for", "[fit]") {
  const Graph graph = graph_of(network);
  RoughOptions rough{.target = *load_target("nucleo-l4r5zi"), .samples = random_samples(graph, 64)};
  const auto type_of_input = [&] {
    const Plan plan = *rough_plan(graph, rough);
    return plan.graph.at(plan.graph.inputs[0]).type.dtype;
  };
  CHECK(type_of_input() == DType::f32);
  rough.integer_interface = true;
  CHECK(type_of_input() == DType::s8);
}

TEST_CASE("for flash the channels go that have most weights", "[fit]") {
  const FitLimits limits{.ram_bytes = 1'000'000, .flash_bytes = whole().flash_bytes * 7 / 10};
  const auto networks = shrunk(graph_of(network), limits);
  CHECK(limits.hold(networks.back().footprint));
  CHECK(channels(networks.back().graph, 4) < 64);
}

TEST_CASE("cycles are limited by leaving out work", "[fit]") {
  FitLimits limits{.ram_bytes = 1'000'000, .flash_bytes = 1'000'000};
  limits.cycles = whole().cycles * 7 / 10;
  const auto networks = shrunk(graph_of(network), limits);
  CHECK(limits.hold(networks.back().footprint));
  CHECK(networks.back().macs < networks.front().macs);
}

TEST_CASE("what cannot fit ends with the least that can be reached", "[fit]") {
  const FitLimits limits{.ram_bytes = 10, .flash_bytes = 1'000'000};
  const auto networks = shrinking(graph_of(network), limits);
  CHECK(networks.steps.size() == 1);
  REQUIRE(networks.out_of_reach);
  CHECK_FALSE(limits.hold(networks.out_of_reach->least()));
  CHECK(networks.out_of_reach->footprint.ram_bytes < whole().ram_bytes / 2);
}

TEST_CASE("shrinking is the same every time", "[fit]") {
  const FitLimits limits{.ram_bytes = whole().ram_bytes / 2, .flash_bytes = whole().flash_bytes / 2};
  const auto first = shrunk(graph_of(network), limits), second = shrunk(graph_of(network), limits);
  REQUIRE(first.size() == second.size());
  CHECK(print(first.back().graph) == print(second.back().graph));
}
