// Real networks: what is written and read again computes with the same integers.
#include <catch2/catch.hpp>

#include "lib/exec/interpreter.hpp"
#include "tests/export/round_trip.hpp"

using namespace mote;
using namespace mote::test;

namespace {

std::size_t integer_layers(const Graph& graph) {
  return static_cast<std::size_t>(std::ranges::count_if(
      graph.nodes, [](const Node& node) { return node.attrs.contains("output_bits"); }));
}

std::size_t packed_layers(const Graph& graph) {
  return static_cast<std::size_t>(
      std::ranges::count_if(graph.nodes, [](const Node& node) { return node.inputs.size() == 7; }));
}

void check_task(const Task& task, int weight_bits = 8) {
  INFO(task.name << ", weights of " << weight_bits << " bits");
  const BothWays both = both_ways(task, weight_bits);
  CHECK(arithmetic_of(both.read_back) == arithmetic_of(both.direct));
  CHECK(integer_layers(both.direct) > 2);
  CHECK(both.exported.opset == (weight_bits == 4 ? 21 : 13));
  CHECK((packed_layers(both.direct) > 0) == (weight_bits == 4));
  for (std::size_t i = 0; i < both.imported.inputs.size(); ++i) {
    const Value& before = both.imported.at(both.imported.inputs[i]);
    const Value& after = both.read_back.at(both.read_back.inputs[i]);
    CHECK(after.name == before.name);
    CHECK(after.type == before.type);
  }
  REQUIRE(both.read_back.outputs.size() == both.imported.outputs.size());
  for (std::size_t i = 0; i < both.imported.outputs.size(); ++i)
    CHECK(both.read_back.at(both.read_back.outputs[i]).name == both.imported.at(both.imported.outputs[i]).name);
  for (std::uint64_t seed = 0; seed < 3; ++seed) {
    const auto inputs = random_inputs(both.direct, seed);
    const auto expected = interpret(both.direct, inputs), found = interpret(both.read_back, inputs);
    REQUIRE((expected && found));
    for (std::size_t i = 0; i < expected->size(); ++i) CHECK((*found)[i].bytes == (*expected)[i].bytes);
  }
}

}  // namespace

TEST_CASE("The digits sample has the same integers after a trip through a file") { check_task(digits()); }

TEST_CASE("MLPerf Tiny networks have the same integers after a trip through a file") {
  const std::vector<Task> tasks = mlperf_tasks();
  if (tasks.empty()) WARN("skipped: no ../shared/models/mlperf_tiny or no ../shared/datasets");
  for (const Task& task : tasks) check_task(task);
}

TEST_CASE("Weights of four bits are written as int4 and read as the same integers") {
  check_task(digits(), 4);
  for (const Task& task : mlperf_tasks())
    if (task.name == "ad" || task.name == "kws") check_task(task, 4);
}
