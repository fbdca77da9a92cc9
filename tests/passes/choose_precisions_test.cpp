// 16 bits for the values that need them, as far as memory, flash and cycles allow.
#include "passes/fit/choose_precisions.hpp"

#include "lib/target/target_catalog.hpp"
#include "tests/passes/outlier_network.hpp"

using namespace mote;
using namespace mote::test;

namespace {

constexpr FitLimits plenty{.ram_bytes = 1'000'000, .flash_bytes = 1'000'000};

struct Case {
  Graph graph{};
  CalibrationSamples samples{};
  PartErrors errors{};
};

Case case_of(const Graph& graph) {
  Case one{.graph = graph, .samples = random_samples(graph, 64), .errors = {}};
  const auto marked = marked_graphs(graph, {.samples = one.samples, .narrow = {"*"}, .equalize = false});
  REQUIRE(marked);
  one.errors = *part_errors(*marked, one.samples);
  return one;
}

std::vector<std::string> wide(const Case& one, const FitLimits& limits) {
  const auto precisions = choose_precisions(one.graph, one.errors, *load_target("nucleo-l4r5zi"), one.samples, limits);
  REQUIRE(precisions);
  return precisions->wide_activations;
}

Footprint taken(const Case& one, const Precisions& precisions) {
  return footprint_of(*rough_plan(one.graph, *load_target("nucleo-l4r5zi"), one.samples, precisions));
}

}  // namespace

TEST_CASE("errors of parts name the value that 8 bits do not hold", "[fit]") {
  const Case one = case_of(with_outlier(0.0F));
  const auto worst = std::ranges::max_element(one.errors.parts, {}, &PartError::error);
  CHECK(worst->name == "h");
  CHECK(worst->error > 0.5 * one.errors.all);
}

TEST_CASE("a value that 8 bits do not hold gets 16, unless a limit forbids it", "[fit]") {
  const Case one = case_of(with_outlier(0.0F));
  const std::vector<std::string> chosen = wide(one, plenty);
  REQUIRE(chosen == std::vector<std::string>{"h"});
  const Footprint narrow = taken(one, {}), with_16_bits = taken(one, {.wide_activations = chosen});
  CHECK(with_16_bits.ram_bytes > narrow.ram_bytes);
  FitLimits tight = plenty;
  tight.ram_bytes = with_16_bits.ram_bytes - 1;
  CHECK(wide(one, tight).empty());
}

TEST_CASE("a network that 8 bits hold keeps them everywhere", "[fit]") {
  const Graph graph = graph_of(R"(graph ""
input %x : f32[1x8]
constant @w : f32[8x16] = random 1
constant @v : f32[16x4] = random 2
%h = Dense(%x, @w) {low=0.0} : f32[1x16]
%y = Dense(%h, @v) : f32[1x4]
output %y
)");
  CHECK(wide(case_of(graph), plenty).empty());
}
