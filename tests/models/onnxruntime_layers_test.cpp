// Every layer of models that come quantized, given the integers that ONNX Runtime feeds to its own: within one level of
// what ONNX Runtime computes, fused or not. Needs the models beside the project and onnxruntime-node; skips by name
// without them.
#include <catch2/catch.hpp>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <onnx/onnx_pb.h>
#include <set>

#include "lib/exec/interpreter.hpp"
#include "lib/import/onnx_import.hpp"
#include "lib/target/target_catalog.hpp"
#include "passes/pass.hpp"
#include "tests/models/golden.hpp"
#include "tests/models/layer.hpp"
#include "tools/process.hpp"
#include "tools/temporary_folder.hpp"

using namespace mote;
using namespace mote::test;

namespace {

// Between a QuantizeLinear and a DequantizeLinear: the integers, and the real numbers that they stand for.
struct Pair {
  std::string integers{}, reals{};
  double scale = 0.0, zero_point = 0.0;
};

std::vector<Pair> pairs_of(const Graph& graph) {
  std::set<std::size_t> quantized;
  for (const Node& node : graph.nodes)
    if (node.op->name == "QuantizeLinear" && !graph.at(node.inputs[0]).is_constant()) quantized.insert(*node.outputs[0]);
  std::vector<Pair> pairs;
  for (const Node& node : graph.nodes)
    if (node.op->name == "DequantizeLinear" && quantized.contains(*node.inputs[0]))
      pairs.push_back({.integers = graph.at(node.inputs[0]).name,
                       .reals = graph.at(node.outputs[0]).name,
                       .scale = graph.constant(node.inputs[1]).to_reals()[0],
                       .zero_point = graph.constant(node.inputs[2]).to_reals()[0]});
  return pairs;
}

std::string read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write_file(const fs::path& path, const std::string& bytes) { std::ofstream(path, std::ios::binary) << bytes; }

// The model with the integers of every pair among its outputs.
std::string with_outputs(const fs::path& model, const std::vector<Pair>& pairs) {
  onnx::ModelProto proto;
  REQUIRE(proto.ParseFromString(read_file(model)));
  std::set<std::string> present;
  for (const auto& output : proto.graph().output()) present.insert(output.name());
  for (const Pair& pair : pairs)
    if (present.insert(pair.integers).second) proto.mutable_graph()->add_output()->set_name(pair.integers);
  return proto.SerializeAsString();
}

std::vector<double> numbers_of(const std::string& bytes, std::size_t& position, const std::string& type,
                               std::size_t count) {
  std::vector<double> numbers(count);
  for (double& number : numbers) {
    const auto byte = static_cast<unsigned char>(bytes.at(position++));
    number = type == "int8" && byte > 127 ? byte - 256.0 : byte;
  }
  return numbers;
}

using Integers = std::map<std::string, std::vector<double>>;

Integers run_onnxruntime(const std::string& model, const std::string& level, const Graph& graph, const Tensor& input) {
  auto folder = TemporaryFolder::make();
  REQUIRE(folder);
  const auto path = [&](const char* name) { return (folder->path() / name).string(); };
  write_file(path("model.onnx"), model);
  write_file(path("input.bin"), {reinterpret_cast<const char*>(input.bytes.data()), input.bytes.size()});
  const nlohmann::json declared{{"name", graph.at(graph.inputs[0]).name},
                                {"type", input.dtype == DType::f32 ? "float32" : "int8"},
                                {"shape", input.shape.extents()}};
  const auto process = run_process({"node", "tests/models/onnxruntime_values.js", path("model.onnx"), level,
                                    declared.dump(), path("input.bin"), path("outputs.bin")},
                                   {.time = std::chrono::minutes(2)});
  REQUIRE(process);
  INFO(process->standard_error);
  REQUIRE(process->status == 0);
  const std::string bytes = read_file(path("outputs.bin"));
  Integers integers;
  std::size_t position = 0;
  for (const auto& output : nlohmann::json::parse(process->standard_output)) {
    std::size_t elements = 1;
    for (const auto& extent : output["shape"]) elements *= extent.get<std::size_t>();
    if (output["type"] == "int8" || output["type"] == "uint8")
      integers[output["name"]] = numbers_of(bytes, position, output["type"], elements);
    else
      position += 4 * elements;  // real outputs of the model
  }
  REQUIRE(position == bytes.size());
  return integers;
}

Tensor reals_of(const Pair& pair, const Integers& integers, const Shape& shape) {
  Tensor tensor = Tensor::zeros(DType::f32, shape);
  const std::vector<double>& stored = integers.at(pair.integers);
  REQUIRE(static_cast<std::int64_t>(stored.size()) == shape.elements());
  for (std::size_t i = 0; i < stored.size(); ++i)
    tensor.as<float>()[i] = static_cast<float>(pair.scale * (stored[i] - pair.zero_point));
  return tensor;
}

struct Distances {
  std::int64_t layers = 0, moved = 0, compared = 0;
  double worst = 0.0;
};

void compare_layers(const Graph& paired, const std::map<std::string, Pair>& pairs, const Integers& integers,
                    const Tensor& input, Distances& distances) {
  const std::span<const Pass> all = standard_pipeline();
  const auto first = std::ranges::find(all, "pair-quantization", &Pass::name);
  const auto value = [&](ValueId id) {
    const auto pair = pairs.find(paired.at(id).name);
    return pair == pairs.end() ? input : reals_of(pair->second, integers, paired.at(id).type.shape);
  };
  for (const Node& node : paired.nodes) {
    const auto result = pairs.find(paired.at(node.outputs[0]).name);
    if (node.op->name != "FakeQuantize" || result == pairs.end()) continue;
    INFO(result->first);
    const Layer layer(paired, node);
    std::vector<Tensor> operands;
    for (const ValueId source : layer.sources()) operands.push_back(value(source));
    const auto graph = run_passes({std::next(first), all.end()}, layer.graph(), {.target = *find_target("host")});
    REQUIRE(graph);
    const auto found = interpret(*graph, operands);
    REQUIRE(found);
    const std::vector<double> ours = (*found)[0].to_reals(), theirs = value(node.outputs[0]).to_reals();
    REQUIRE(ours.size() == theirs.size());
    double worst = 0.0;
    for (std::size_t i = 0; i < ours.size(); ++i) {
      const double distance = std::abs(ours[i] - theirs[i]) / result->second.scale;
      worst = std::max(worst, distance);
      distances.moved += distance > 0.5 ? 1 : 0;
    }
    CHECK(worst < 1.01);
    distances.worst = std::max(distances.worst, worst);
    distances.compared += static_cast<std::int64_t>(ours.size());
    ++distances.layers;
  }
}

void check_model(const std::string& name, const std::string& goldens, const std::string& level) {
  INFO(name << ", optimization " << level);
  const fs::path path = shared_folder() / "models" / (name + ".onnx");
  const auto imported = import_onnx(path.string());
  REQUIRE(imported);
  const Graph& graph = imported->graph;
  const std::vector<Pair> found = pairs_of(graph);
  std::map<std::string, Pair> pairs;
  for (const Pair& pair : found) pairs[pair.reals] = pair;

  const std::span<const Pass> all = standard_pipeline();
  const auto last = std::ranges::find(all, "pair-quantization", &Pass::name);
  const auto paired = run_passes({all.begin(), std::next(last)}, graph, {.target = *find_target("host")});
  REQUIRE(paired);
  Distances distances;
  const fs::path folder = shared_folder() / "golden" / goldens;
  const Tensor rows = golden_array(folder, "in__", graph.at(graph.inputs[0]).name);
  for (std::int64_t row = 0; row < std::min<std::int64_t>(2, rows.shape[0]); ++row) {
    const Tensor input = row_of(rows, graph.at(graph.inputs[0]).type, row);
    compare_layers(*paired, pairs, run_onnxruntime(with_outputs(path, found), level, graph, input), input, distances);
  }
  std::printf("%-44s %-8s %4ld layers, worst %.2f levels, %5ld of %7ld results on the level beside\n", name.c_str(),
              level.c_str(), static_cast<long>(distances.layers), distances.worst, static_cast<long>(distances.moved),
              static_cast<long>(distances.compared));
  CHECK(distances.layers > 0);
  CHECK(100 * distances.moved <= distances.compared);  // near ties, which the rounding of the multiplier decides
}

}  // namespace

TEST_CASE("every layer is within one level of ONNX Runtime's, given the same integers") {
  if (!shared_present("layers were not compared with ONNX Runtime's")) return;
  if (!find_program("node") || !fs::is_directory("build/node_modules/onnxruntime-node")) {
    WARN("SKIPPED: node or build/node_modules/onnxruntime-node is absent");
    return;
  }
  for (const std::string model : {"ad_int8_qdq", "ic_int8_qdq_nchw", "ic_int8_qdq_nhwc", "kws_int8_qdq_int8io",
                                  "kws_int8_qdq_nchw", "kws_int8_qdq_nhwc", "sww_int8_qdq_nchw",
                                  "sww_int8_qdq_nhwc_int8io", "vww_int8_qdq_nchw", "vww_int8_qdq_nhwc"})
    for (const std::string level : {"disabled", "all"}) check_model("mlperf_tiny/" + model, "mlperf_tiny/" + model, level);
}
