// Pruning as a whole where numbers are odd: infinite results, inputs without size, nothing to do.
#include "passes/prune/prune_network.hpp"

#include <limits>

#include "passes/prune/compare_structures.hpp"
#include "passes/prune/split_choices.hpp"
#include "tests/passes/quantizing.hpp"

using namespace mote;
using namespace mote::test;

namespace {

// `last` makes %y of %h.
Graph network(const std::string& last, const std::string& bias = "random 5") {
  return graph_of(R"(graph ""
input %x : f32[1x6x6x3]
constant @a : f32[3x3x3x16] = random 1
constant @c : f32[3x3x16x16] = random 2
constant @u : f32[16x4] = random 4
constant @b : f32[4] = )" +
                  bias + R"(
%p = Conv2d(%x, @a) {group=1, low=0.0, pads=[1,1,1,1]} : f32[1x6x6x16]
%q = Conv2d(%p, @c) {group=1, low=0.0, pads=[1,1,1,1]} : f32[1x6x6x16]
%m = AveragePool2d(%q) {kernel=[6,6]} : f32[1x1x1x16]
%f = Reshape(%m) {shape=[1,16]} : f32[1x16]
%h = Dense(%f, @u, @b) : f32[1x4]
%y = )" + last + R"( : f32[1x4]
output %y
)");
}

// Every `odd`th sample is 0, the others are random, times a factor.
CalibrationSamples samples_of(const Graph& graph, float factor, std::int64_t odd = 1000) {
  return {.count = 64, .sample = [=](std::int64_t index) -> Result<std::vector<Tensor>> {
            std::vector<Tensor> inputs = random_inputs(graph, static_cast<std::uint64_t>(index) + 1);
            for (float& value : inputs[0].as<float>()) value *= index % odd == 0 ? 0.0F : factor;
            return inputs;
          }};
}

std::int64_t macs_of(const Graph& graph) { return compare_structures(graph, graph).macs_after; }

bool is_finite(const Graph& graph, const CalibrationSamples& samples) {
  for (std::int64_t i = 1; i < samples.count; i += 7)
    for (const float value : (*interpret(graph, *samples.sample(i)))[0].as<float>())
      if (!std::isfinite(value)) return false;
  return true;
}

}  // namespace

TEST_CASE("samples for which the model gives no numbers are left out") {
  const Graph graph = network("Div(%h, %h)", "[0,0,0,0]");  // 0 / 0 for the samples of 0
  const CalibrationSamples samples = samples_of(graph, 1.0F, 7);
  const auto pruned = prune_network(graph, {.samples = samples, .macs = 0.6});
  REQUIRE(pruned);
  CHECK(macs_of(*pruned) <= static_cast<std::int64_t>(0.6 * static_cast<double>(macs_of(graph))));
  CHECK(is_finite(*pruned, samples));
}

TEST_CASE("a model that never gives numbers cannot be pruned, and is told where") {
  const Graph graph = network("Log(%h)", "[-1e6,1,1,1]");
  const auto pruned = prune_network(graph, {.samples = samples_of(graph, 1.0F), .macs = 0.6});
  REQUIRE(!pruned);
  CHECK(pruned.error().code == Code::bad_data);
  CHECK(pruned.error().where.value == "y");
}

TEST_CASE("inputs of any size leave numbers behind") {
  const Graph graph = network("Identity(%h)");
  for (const float factor : {1e-30F, 1e-20F, 1e17F, 1e19F, 0.0F}) {
    INFO("factor " << factor);
    const CalibrationSamples samples = samples_of(graph, factor);
    const auto pruned = prune_network(graph, {.samples = samples, .macs = 0.6});
    REQUIRE(pruned);
    CHECK(macs_of(*pruned) < macs_of(graph));
    CHECK(is_finite(*pruned, samples));
  }
}

TEST_CASE("a network that may keep all of its work stays as it is, and nothing is tried") {
  const Graph graph = network("Identity(%h)");
  int tried = 0;
  const auto pruned = prune_network(
      graph, {.samples = samples_of(graph, 1.0F), .macs = 1.0, .progress = [&](const std::string&) { ++tried; }});
  REQUIRE(pruned);
  CHECK(tried == 0);
  CHECK(macs_of(*pruned) == macs_of(graph));
  CHECK(fidelity(graph, *pruned) > 150.0);
}

TEST_CASE("pruning says what it tries, layer by layer and way by way, and gives the same network again") {
  const Graph graph = network("Identity(%h)");
  const auto run = [&](std::vector<std::string>& said) {
    const auto pruned = prune_network(graph, {.samples = samples_of(graph, 1.0F),
                                              .macs = 0.5,
                                              .progress = [&](const std::string& what) { said.push_back(what); }});
    REQUIRE(pruned);
    return print(*pruned);
  };
  std::vector<std::string> first, second;
  CHECK(run(first) == run(second));
  CHECK(first == second);
  REQUIRE(first.size() >= 5);
  CHECK_THAT(first[0], Catch::Contains("splits"));
  CHECK_THAT(first[1], Catch::Contains("splits"));
  CHECK_THAT(first[2], Catch::Contains("0 % of the savings by splitting"));
}

TEST_CASE("splits that are no numbers are not chosen") {
  const double none = std::numeric_limits<double>::quiet_NaN();
  const auto choice = [](std::size_t node, double loss) {
    return SplitChoice{.convolution = {.node = node}, .macs_saved = 100, .loss = loss};
  };
  const SplitChoices choices{{choice(0, none)}, {choice(1, 3.0), choice(1, none)}, {choice(2, 5.0)}};
  const ChosenSplits chosen = cheapest_splits(choices, 300);
  REQUIRE(chosen.convolutions.size() == 2);
  CHECK(chosen.convolutions[0].node == 1);
  CHECK(chosen.loss == 8.0);
}

TEST_CASE("no convolution is split further than all that is to be saved") {
  const Graph graph = with_own_parameters(network("Identity(%h)"));
  const CalibrationSamples given = samples_of(graph, 1.0F);
  const auto samples = samples_to_prune_by(graph, given, 0);
  REQUIRE(samples);
  const auto all = split_choices(graph, *samples), few = split_choices(graph, *samples, {.wanted = 20'000});
  REQUIRE(all);
  REQUIRE(few);
  REQUIRE(all->size() == 2);
  REQUIRE(few->size() == 2);
  for (std::size_t layer = 0; layer < 2; ++layer) {
    REQUIRE(few->at(layer).size() <= all->at(layer).size());
    for (std::size_t i = 0; i < few->at(layer).size(); ++i) {
      CHECK(few->at(layer)[i].macs_saved == all->at(layer)[i].macs_saved);
      if (i + 1 < few->at(layer).size()) CHECK(few->at(layer)[i].macs_saved < 20'000);
    }
  }
  CHECK(few->at(1).size() < all->at(1).size());
}
