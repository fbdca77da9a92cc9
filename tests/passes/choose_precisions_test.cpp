// 16 bits for the values that need them, as far as memory, flash and cycles allow.
#include "passes/fit/choose_precisions.hpp"

#include "lib/target/target_catalog.hpp"
#include "tests/passes/outlier_network.hpp"

using namespace mote;
using namespace mote::test;

namespace {

constexpr FitLimits plenty{.ram_bytes = 1'000'000, .flash_bytes = 1'000'000};

Footprint taken(const Graph& graph, const Precisions& precisions) {
  return footprint_of(*rough_plan(graph, {.target = *load_target("nucleo-l4r5zi"), .samples = random_samples(graph, 64)}, precisions));
}

// `added`: flash that is only found out in earnest.
Precisions chosen(const Graph& graph, const FitLimits& limits, std::int64_t added = 0) {
  const QuantizeOptions options{.samples = random_samples(graph, 64), .equalize = false};
  Precisions weighed;
  const auto weigh = [&](const Precisions& precisions) -> Result<Footprint> {
    weighed = precisions;
    Footprint footprint = taken(graph, precisions);
    footprint.flash_bytes += added;
    return footprint;
  };
  const auto precisions = choose_precisions(graph, {.target = *load_target("nucleo-l4r5zi"), .samples = options.samples}, options, limits, weigh);
  REQUIRE(precisions);
  CHECK(*precisions == weighed);
  return *precisions;
}

constexpr const char* harmless = R"(graph ""
input %x : f32[1x8]
constant @w : f32[8x16] = random 1
constant @v : f32[16x16] = random 2
%h = Dense(%x, @w) {low=0.0} : f32[1x16]   // first (Gemm)
%y = Dense(%h, @v) : f32[1x16]   // second (Gemm)
output %y
)";

}  // namespace

TEST_CASE("errors of parts name the value that 8 bits do not hold", "[fit]") {
  const Graph graph = with_outlier(0.0F);
  const CalibrationSamples samples = random_samples(graph, 64);
  const auto marked = marked_graphs(graph, {.samples = samples, .narrow = {"*"}, .equalize = false});
  REQUIRE(marked);
  const auto errors = part_errors(*marked, samples);
  REQUIRE(errors);
  const auto worst = std::ranges::max_element(errors->activations, {}, &PartError::error);
  CHECK(worst->names == std::vector<std::string>{"h"});
  CHECK(worst->error > 0.5 * errors->all);
  REQUIRE(errors->weights.size() == 2);
  CHECK(errors->weights[0].names == std::vector<std::string>{"first"});
}

TEST_CASE("a value that 8 bits do not hold gets 16, unless a limit forbids it", "[fit]") {
  const Graph graph = with_outlier(0.0F);
  const Precisions wide = chosen(graph, plenty);
  REQUIRE(wide == Precisions{.wide_activations = {"h"}});
  const Footprint with_16_bits = taken(graph, wide);
  CHECK(with_16_bits.ram_bytes > taken(graph, {}).ram_bytes);
  FitLimits tight = plenty;
  tight.ram_bytes = with_16_bits.ram_bytes - 1;
  CHECK(chosen(graph, tight) == Precisions{});
}

TEST_CASE("a network that 8 bits hold keeps them everywhere", "[fit]") {
  CHECK(chosen(graph_of(harmless), plenty) == Precisions{});
}

TEST_CASE("where flash is short, weights get 4 bits, as few of them as will do", "[fit]") {
  const Graph graph = graph_of(harmless);
  FitLimits limits = plenty;
  limits.flash_bytes = taken(graph, {}).flash_bytes - 1;
  const Precisions some = chosen(graph, limits);
  CHECK(some.narrow_weights.size() == 1);
  CHECK(limits.hold(taken(graph, some)));
  limits.flash_bytes = taken(graph, {.narrow_weights = {"first", "second"}}).flash_bytes;
  CHECK(chosen(graph, limits).narrow_weights == std::vector<std::string>{"first", "second"});
  limits.flash_bytes -= 1;
  CHECK(chosen(graph, limits).narrow_weights.empty());
}

TEST_CASE("what takes more flash in earnest than was foreseen gets fewer bits still", "[fit]") {
  const Graph graph = graph_of(harmless);
  FitLimits limits = plenty;
  limits.flash_bytes = taken(graph, {}).flash_bytes;
  CHECK(chosen(graph, limits).narrow_weights.empty());
  CHECK(chosen(graph, limits, 1).narrow_weights.size() == 1);
  const std::int64_t saved_by_all = limits.flash_bytes - taken(graph, {.narrow_weights = {"first", "second"}}).flash_bytes;
  CHECK(chosen(graph, limits, saved_by_all).narrow_weights.size() == 2);
}

TEST_CASE("weights that two layers share are one part, which saves its bytes once", "[fit]") {
  const Graph graph = graph_of(R"(graph ""
input %x : f32[1x16]
constant @w : f32[16x16] = random 1
constant @v : f32[16x16] = random 2
%h = Dense(%x, @w) {low=0.0} : f32[1x16]   // first (Gemm)
%g = Dense(%h, @v) {low=0.0} : f32[1x16]   // second (Gemm)
%y = Dense(%g, @w) : f32[1x16]   // third (Gemm)
output %y
)");
  const CalibrationSamples samples = random_samples(graph, 64);
  const auto errors = part_errors(*marked_graphs(graph, {.samples = samples, .narrow = {"*"}, .equalize = false}), samples);
  REQUIRE(errors);
  REQUIRE(errors->weights.size() == 2);
  CHECK(errors->weights[0].names == std::vector<std::string>{"first", "third"});
  FitLimits limits = plenty;
  limits.flash_bytes = taken(graph, {.narrow_weights = {"first", "second"}}).flash_bytes;
  CHECK(chosen(graph, limits).narrow_weights == std::vector<std::string>{"first", "third", "second"});
}

TEST_CASE("a layer that shares weights with one part and its name with another joins both", "[fit]") {
  const Graph graph = graph_of(R"(graph ""
input %x : f32[1x16]
constant @w : f32[16x16] = random 1
constant @v : f32[16x16] = random 2
constant @u : f32[16x16] = random 3
%a = Dense(%x, @w) {low=0.0} : f32[1x16]   // first (Gemm)
%b = Dense(%a, @u) {low=0.0} : f32[1x16]   // between (Gemm)
%c = Dense(%b, @v) {low=0.0} : f32[1x16]   // last (Gemm)
%y = Dense(%c, @w) : f32[1x16]   // last (Gemm)
output %y
)");
  const CalibrationSamples samples = random_samples(graph, 64);
  const auto errors = part_errors(*marked_graphs(graph, {.samples = samples, .narrow = {"*"}, .equalize = false}), samples);
  REQUIRE(errors);
  REQUIRE(errors->weights.size() == 2);
  CHECK(errors->weights[0].names == std::vector<std::string>{"first", "last"});
  CHECK(errors->weights[1].names == std::vector<std::string>{"between"});
  CHECK(errors->weights[0].error > errors->weights[1].error);
  FitLimits limits = plenty;
  limits.flash_bytes = taken(graph, {.narrow_weights = {"first", "last"}}).flash_bytes;
  CHECK(chosen(graph, limits).narrow_weights == std::vector<std::string>{"first", "last"});
}
