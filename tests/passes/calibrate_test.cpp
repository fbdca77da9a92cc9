// How activations get their grids: ranges by what they do to the outputs, and 16 bits where 8 are not enough.
#include <cmath>

#include "lib/quant/noise.hpp"
#include "passes/quantize/calibrate/calibration_store.hpp"
#include "passes/quantize/calibrate/range_search.hpp"
#include "passes/quantize/calibrate/sixteen_bits.hpp"
#include "passes/quantize/marking.hpp"
#include "tests/passes/outlier_network.hpp"

using namespace mote;
using namespace mote::test;
using Catch::Contains;

namespace {

// The output reads next to nothing but one channel of q, whose largest values are rare: what loses least over all
// channels is not what the output loses least by.
Graph with_tails() {
  Graph graph = graph_of(R"(graph ""
input %x : f32[1x32]
constant @a : f32[32x24] = random 3
constant @b : f32[24x6] = random 4
%h = Dense(%x, @a) : f32[1x24]   // first (Gemm)
%p = Mul(%h, %h) : f32[1x24]
%q = Mul(%p, %p) : f32[1x24]   // fourth_power (Mul)
%y = Dense(%q, @b) : f32[1x6]   // second (Gemm)
output %y
)");
  for (std::size_t channel = 1; channel < 24; ++channel)
    scale_constant(graph, "b", channel * 6, 1, 6, 0.001F);
  return graph;
}

struct Quantized {
  Graph graph{};
  QuantizationReport report{};
};

Quantized quantized(const Graph& graph, QuantizeOptions options) {
  options.report = std::make_shared<QuantizationReport>();
  Graph marked = calibrated(graph, options);
  const Target target{};
  auto integers = run_passes({find_pass("realize-integers"), 1}, std::move(marked), {.target = target});
  REQUIRE(integers);
  return {.graph = *std::move(integers), .report = *options.report};
}

// Of the integer network's outputs, over inputs that it was not calibrated on.
double decibels(const Graph& real, const Graph& integers) {
  SignalToNoise noise;
  for (std::uint64_t seed = 1000; seed < 1064; ++seed) {
    const std::vector<Tensor> inputs = random_inputs(real, seed);
    noise.add((*interpret(real, inputs))[0].as<float>(), (*interpret(integers, inputs))[0].as<float>());
  }
  return *noise.decibels();
}

// The parts that calibration puts together, for a network of random weights.
struct Setup {
  explicit Setup(const Graph& graph, std::int64_t count)
      : options{.samples = random_samples(graph, count)}, marking(mark_activations(graph)),
        groups(activation_groups(graph, marking, options)),
        seen(*observe_activations(graph, marking, options.samples)),
        run(calibrated(graph, {.samples = options.samples, .range = RangeMethod::mse, .narrow = {"*"}}), marking, groups) {
    for (const ActivationGroup& group : groups) candidates.push_back(range_candidates(group, seen.at(group.id), 8));
  }
  QuantizeOptions options;
  Marking marking;
  std::vector<ActivationGroup> groups;
  Observation seen;
  MarkedRun run;
  std::vector<RangeCandidates> candidates{};

  MarkedRun::Grids grids(const std::vector<std::size_t>& choice) const {
    MarkedRun::Grids chosen;
    for (std::size_t i = 0; i < choice.size(); ++i) chosen.emplace_back(candidates[i][choice[i]].grid);
    return chosen;
  }
};

}  // namespace

TEST_CASE("Candidates begin with mse, differ from each other, and interfaces have none to choose from", "[calibrate]") {
  const Setup setup(with_tails(), 64);
  bool is_choice = false;
  for (std::size_t i = 0; i < setup.groups.size(); ++i) {
    const RangeCandidates& candidates = setup.candidates[i];
    INFO(setup.groups[i].name);
    CHECK(candidates.front().method == RangeMethod::mse);
    if (!setup.groups[i].has_free_range()) CHECK(candidates.size() == 1);
    is_choice = is_choice || candidates.size() > 1;
    for (std::size_t k = 1; k < candidates.size(); ++k) CHECK_FALSE(candidates[k].grid == candidates[k - 1].grid);
  }
  CHECK(is_choice);
}

TEST_CASE("The search never leaves the outputs worse than mse on samples that it has seen", "[calibrate]") {
  for (const std::int64_t count : {1, 5, 40, 200}) {
    INFO(count << " samples");
    const Setup setup(with_tails(), count);
    const auto found = search_ranges(setup.run, setup.options.samples, setup.candidates, 1e9);
    REQUIRE(found);
    if (count > 1) CHECK(found->searched > 0);
    const std::vector<std::size_t> first(setup.groups.size(), 0);
    if (found->is_rejected) CHECK(found->choice == first);
    if (found->choice == first) continue;
    CHECK(found->after.searched <= found->before.searched);
    CHECK(found->after.held_out <= found->before.held_out);
    // What it says is so, on samples of the whole set too.
    const Trials trials = *load_trials(setup.run, setup.options.samples, spread_rows(count, count));
    CHECK(mean_error(setup.run, trials, setup.grids(found->choice)) < mean_error(setup.run, trials, setup.grids(first)));
  }
}

TEST_CASE("Where a range matters to the outputs the search leaves mse", "[calibrate]") {
  const Setup setup(with_tails(), 200);
  const auto found = search_ranges(setup.run, setup.options.samples, setup.candidates, 1e9);
  REQUIRE(found);
  REQUIRE_FALSE(found->is_rejected);
  CHECK(found->held_out > 0);
  CHECK(found->after.searched < 0.9 * found->before.searched);
  CHECK(found->after.held_out < found->before.held_out);
  const auto again = search_ranges(setup.run, setup.options.samples, setup.candidates, 1e9);
  CHECK(again->choice == found->choice);
}

TEST_CASE("Without a budget nothing is searched", "[calibrate]") {
  const Setup setup(with_tails(), 40);
  const auto found = search_ranges(setup.run, setup.options.samples, setup.candidates, 1.0);
  REQUIRE(found);
  CHECK(found->searched == 0);
  CHECK(found->choice == std::vector<std::size_t>(setup.groups.size(), 0));
}

TEST_CASE("A run from any node on gives what the marked network gives", "[calibrate]") {
  const Graph graph = with_tails();
  const Setup setup(graph, 20);
  const MarkedRun::Grids grids = setup.grids(std::vector<std::size_t>(setup.groups.size(), 0));
  const Graph marked = setup.run.with_grids(grids);
  const std::vector<Tensor> inputs = random_inputs(graph, 77);
  std::vector<Tensor> seen(marked.values.size());
  REQUIRE(interpret(marked, inputs, Precision::single, [&](ValueId id, const Tensor& tensor) { seen[*id] = tensor; }));
  for (std::size_t node = 0; node <= marked.nodes.size(); ++node) {
    MarkedRun::Position position = setup.run.start(inputs);
    setup.run.advance(position, node, grids);
    CHECK(setup.run.finish(position, grids)[0].bytes == seen[*setup.run.compared()[0].value].bytes);
  }
}

TEST_CASE("A value that 8 bits are not enough for gets 16, with a note that says where and what it costs", "[calibrate]") {
  const Graph graph = with_rounded_weights(with_outlier(0.008F));
  const Quantized narrow = quantized(graph, {.samples = random_samples(graph, 64), .narrow = {"*"}});
  CHECK(narrow.report.notes.empty());
  const double before = decibels(graph, narrow.graph);
  CHECK(before < 20.0);  // it fails in 8 bits

  const Quantized automatic = quantized(graph, {.samples = random_samples(graph, 64)});
  CHECK(decibels(graph, automatic.graph) > 30.0);
  REQUIRE(automatic.report.notes.size() == 1);
  const Diagnostic& note = automatic.report.notes.front();
  CHECK(note.code == Code::sixteen_bits);
  CHECK(note.severity == Severity::note);
  CHECK(note.where.node == "first");
  CHECK_THAT(note.message, Contains("'h' gets 16 bits") && Contains("16 B more"));
  CHECK(automatic.report.ranges.at("h") == "minmax, 16 bits");
  CHECK_THAT(automatic.report.ranges.at("x"), !Contains("16 bits"));
}

TEST_CASE("Values and layers are given bits by name, 16 before 8", "[calibrate]") {
  const Graph graph = with_outlier();
  const auto bits_of_h = [&](std::vector<std::string> wide, std::vector<std::string> narrow) {
    const QuantizeOptions options{.samples = random_samples(graph, 64), .wide = std::move(wide), .narrow = std::move(narrow)};
    return quantized(graph, options).report.ranges.at("h").ends_with("16 bits") ? 16 : 8;
  };
  CHECK(bits_of_h({}, {"h"}) == 8);
  CHECK(bits_of_h({}, {"fir*"}) == 8);
  CHECK(bits_of_h({"first"}, {"*"}) == 16);
  CHECK(bits_of_h({}, {"second"}) == 16);
}

TEST_CASE("A network that 8 bits are enough for stays at 8", "[calibrate]") {
  const Graph graph = graph_of(R"(graph ""
input %x : f32[1x16]
constant @w : f32[16x24] = random 1
constant @v : f32[24x5] = random 2
%h = Dense(%x, @w) {low=0.0} : f32[1x24]
%y = Dense(%h, @v) : f32[1x5]
output %y
)");
  const Quantized result = quantized(graph, {.samples = random_samples(graph, 64)});
  CHECK(result.report.notes.empty());
  for (const auto& [value, method] : result.report.ranges) CHECK_THAT(method, !Contains("16 bits"));
  CHECK(decibels(graph, result.graph) > 30.0);
}

TEST_CASE("calibrate reports anew what is its own and leaves what other passes have told", "[calibrate]") {
  const Graph graph = with_outlier();
  QuantizeOptions options{.samples = random_samples(graph, 64), .range = RangeMethod::minmax, .narrow = {"*"}};
  options.report = std::make_shared<QuantizationReport>(
      QuantizationReport{.evened = {"h"}, .notes = {}, .ranges = {{"gone", "kl"}}, .weights = {{"w", "fitted"}}});
  (void)calibrated(graph, options);
  CHECK(options.report->evened == std::set<std::string>{"h"});
  CHECK(options.report->weights.at("w") == "fitted");
  CHECK_FALSE(options.report->ranges.contains("gone"));
  CHECK(options.report->ranges.at("h") == "minmax");
  (void)run_quantizing({"fit-weights"}, calibrated(graph, options), options);
  CHECK(options.report->ranges.at("h") == "minmax");
  CHECK(options.report->weights.size() == 2);
}
