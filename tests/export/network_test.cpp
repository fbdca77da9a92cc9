// Real networks: what is written and read again computes with the same integers.
#include <catch2/catch.hpp>

#include "lib/exec/interpreter.hpp"
#include "lib/ops/text_form.hpp"
#include "passes/prune/prune_network.hpp"
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

TEST_CASE(
    "A convolution that was split is written as two nodes with names of their own, and read as the same network") {
  Result<Graph> graph = parse(R"(graph ""
input %x : f32[1x8x8x4]
constant @a : f32[3x3x4x16] = random 1
constant @c : f32[3x3x16x16] = fill 0.01
constant @u : f32[16x4] = random 4
%p = Conv2d(%x, @a) {group=1, low=0.0, pads=[1,1,1,1]} : f32[1x8x8x16]   // first (Conv)
%q = Conv2d(%p, @c) {group=1, low=0.0, pads=[1,1,1,1]} : f32[1x8x8x16]   // wide (Conv)
%m = AveragePool2d(%q) {kernel=[8,8]} : f32[1x1x1x16]
%f = Reshape(%m) {shape=[1,16]} : f32[1x16]
%y = Dense(%f, @u) : f32[1x4]
output %y
)");
  REQUIRE(graph);
  const CalibrationSamples samples{.count = 64, .sample = [&](std::int64_t index) -> Result<std::vector<Tensor>> {
                                     return random_inputs(*graph, static_cast<std::uint64_t>(index));
                                   }};
  const auto pruned = prune_network(*graph, {.samples = samples, .macs = 0.6});
  REQUIRE(pruned);
  const auto exported = export_onnx(*pruned);
  REQUIRE(exported);
  const Graph read_back = import_bytes(exported->bytes);
  std::vector<std::string> names;
  for (const Node& node : read_back.nodes)
    if (node.op->name.starts_with("Conv")) names.push_back(node.origin.node);
  CHECK(std::ranges::count(names, "wide_first") == 1);
  CHECK(std::ranges::count(names, "wide") == 1);
  for (std::uint64_t seed = 0; seed < 3; ++seed) {
    const Tensor image = random_inputs(*pruned, seed)[0];
    Tensor planes = random_inputs(read_back, 0)[0];
    REQUIRE(planes.bytes.size() == image.bytes.size());
    const bool same_layout = planes.shape == image.shape;
    for (std::size_t pixel = 0; pixel < 64; ++pixel)
      for (std::size_t c = 0; c < 4; ++c)
        planes.as<float>()[same_layout ? pixel * 4 + c : c * 64 + pixel] = image.as<float>()[pixel * 4 + c];
    const auto expected = interpret(*pruned, std::vector<Tensor>{image}),
               found = interpret(read_back, std::vector<Tensor>{planes});
    REQUIRE((expected && found));
    for (std::size_t i = 0; i < 4; ++i)
      CHECK((*found)[0].as<float>()[i] == Approx((*expected)[0].as<float>()[i]).epsilon(1e-4).margin(1e-5));
  }
}
