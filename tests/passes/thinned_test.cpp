// Networks whose weights become 0 until flash suffices: as few as that takes, and with all of their channels.
#include "passes/fit/thinned.hpp"

#include <algorithm>

#include "lib/target/target_catalog.hpp"
#include "tests/passes/quantizing.hpp"

using namespace mote;
using namespace mote::test;

namespace {

constexpr const char* network = R"(graph ""
input %x : f32[1x8x8x4]
constant @w : f32[3x3x4x32] = random 1
constant @v : f32[3x3x32x32] = random 2
constant @d : f32[32x8] = random 3
%a = Conv2d(%x, @w) {group=1, low=0.0, pads=[1,1,1,1]} : f32[1x8x8x32]
%b = Conv2d(%a, @v) {group=1, low=0.0, pads=[1,1,1,1]} : f32[1x8x8x32]
%p = AveragePool2d(%b) {kernel=[8,8]} : f32[1x1x1x32]
%f = Reshape(%p) {shape=[1,32]} : f32[1x32]
%y = Dense(%f, @d) : f32[1x8]
output %y
)";

ShrinkOptions options_with(const Graph& graph, const FitLimits& limits) {
  return {.rough = {.target = *load_target("nucleo-l4r5zi"), .samples = random_samples(graph, 64)}, .limits = limits};
}

ShrunkNetwork whole() {
  const Graph graph = graph_of(network);
  const auto networks = shrink_to_fit(graph, options_with(graph, {.ram_bytes = 1'000'000, .flash_bytes = 1'000'000}));
  REQUIRE(networks);
  return networks->steps.front();
}

std::optional<ThinnedNetwork> thinned(const ShrunkNetwork& from, const FitLimits& limits) {
  const auto result = thinned_to_fit(from, options_with(from.graph, limits));
  INFO((result ? std::string() : render(result.error())));
  REQUIRE(result);
  return *result;
}

double share_of_zeros(const Graph& graph) {
  std::int64_t zeros = 0, all = 0;
  for (const Node& node : graph.nodes) {
    if (node.op->macs == nullptr || node.inputs.size() < 2) continue;
    const Tensor weights = graph.constant(node.inputs[1]);
    zeros += std::ranges::count(weights.as<float>(), 0.0F);
    all += weights.shape.elements();
  }
  return static_cast<double>(zeros) / static_cast<double>(all);
}

}  // namespace

TEST_CASE("the less flash there is, the more weights become 0, and no channel goes", "[fit]") {
  const ShrunkNetwork from = whole();
  double before = 0.0;
  for (const std::int64_t tenths : {9, 7, 4}) {
    const FitLimits limits{.ram_bytes = 1'000'000, .flash_bytes = from.footprint.flash_bytes * tenths / 10};
    const auto found = thinned(from, limits);
    REQUIRE(found);
    CHECK(limits.hold(found->network.footprint));
    CHECK(found->network.macs == from.macs);
    CHECK(share_of_zeros(found->network.graph) == Approx(found->share).margin(0.02));
    CHECK(found->share > before);
    before = found->share;
  }
}

TEST_CASE("zeros do not help where memory is short, or where flash would not even do for the others", "[fit]") {
  const ShrunkNetwork from = whole();
  CHECK_FALSE(
      thinned(from, {.ram_bytes = from.footprint.ram_bytes - 1, .flash_bytes = from.footprint.flash_bytes - 1}));
  CHECK_FALSE(thinned(from, {.ram_bytes = 1'000'000, .flash_bytes = from.footprint.flash_bytes / 10}));
}
