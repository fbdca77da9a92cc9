// What a student is shown.
#include "tools/distilling.hpp"

#include <cmath>
#include <fstream>

#include <catch2/catch.hpp>

#include "lib/data/data_set.hpp"
#include "lib/exec/host_program.hpp"
#include "lib/ops/text_form.hpp"
#include "tools/temporary_folder.hpp"

using namespace mote;

namespace {

constexpr std::int64_t rows = 64;

Graph weighted_number() {
  auto graph = parse(
      "graph \"\"\ninput %x : f32[1x1]\nconstant @w : f32[1x1] = fill 0.5\n%y = Dense(%x, @w) : f32[1x1]\noutput %y\n");
  REQUIRE(graph);
  return *graph;
}

// Row i is the number i, and nothing but another row changes it.
TrainingSamples numbered_rows(const TemporaryFolder& folder, const Graph& graph) {
  const std::string file = (folder.path() / "rows.csv").string();
  std::ofstream stream(file);
  for (std::int64_t i = 0; i < rows; ++i) stream << i << "\n";
  stream.close();
  auto set = DataSet::open({.sources = {file}}, graph);
  REQUIRE(set);
  return {.set = *std::move(set), .augmentations = {Augmentation{}}};
}

// The share of samples that these draws leave as they are.
double unchanged_by(const TrainingSamples& samples, const Graph& graph, std::uint64_t first_draw,
                    std::uint64_t last_draw) {
  const auto distilling = Distilling::begin(graph, graph, samples, {.feature_weight = 0.0F});
  REQUIRE(distilling);
  const TrainingProblem problem = distilling->problem(7);
  HostProgram program(problem.graph);
  std::int64_t unchanged = 0, shown = 0;
  for (std::uint64_t draw = first_draw; draw <= last_draw; ++draw)
    for (std::int64_t i = 0; i < rows; ++i, ++shown) {
      REQUIRE(problem.load(i, draw, program));
      const float step = program.tensor(problem.graph.inputs[0]).as<float>()[0] - static_cast<float>(i);
      CHECK(std::abs(step) <= static_cast<float>(rows - 1) / 2.0F);
      if (step == 0.0F) ++unchanged;
    }
  return static_cast<double>(unchanged) / static_cast<double>(shown);
}

}  // namespace

TEST_CASE("one sample in four is shown without another in it, none if always mixed, but with itself") {
  const Graph graph = weighted_number();
  const TemporaryFolder folder = *TemporaryFolder::make();
  TrainingSamples samples = numbered_rows(folder, graph);
  CHECK(unchanged_by(samples, graph, 1, 16) == Approx(0.25 + 0.75 / static_cast<double>(rows)).margin(0.05));
  samples.always_mixed = true;
  CHECK(unchanged_by(samples, graph, 1, 16) == Approx(1.0 / static_cast<double>(rows)).margin(0.02));
}

TEST_CASE("samples that judge are shown as they are") {
  const Graph graph = weighted_number();
  const TemporaryFolder folder = *TemporaryFolder::make();
  TrainingSamples samples = numbered_rows(folder, graph);
  samples.always_mixed = true;
  CHECK(unchanged_by(samples, graph, 0, 0) == 1.0);
}
