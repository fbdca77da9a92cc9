// Models that come quantized: integer arithmetic from end to end, every layer within one level of its definition in
// real numbers, the whole within a few levels of ONNX Runtime. Needs the models and golden arrays beside the project.
#include <catch2/catch.hpp>
#include <cmath>
#include <map>
#include <optional>

#include "lib/exec/interpreter.hpp"
#include "lib/import/onnx_import.hpp"
#include "lib/target/target_catalog.hpp"
#include "passes/pass.hpp"
#include "tests/emitted/drop_runner.hpp"
#include "tests/models/golden.hpp"
#include "tests/models/layer.hpp"

using namespace mote;
using namespace mote::test;

namespace {

// `levels`: how far an output may be from ONNX Runtime's, in levels of the output (of 1/256 for probabilities that the
// model does not quantize). Behind a steep softmax one level of a logit is many; without a bound the classes count.
struct Model {
  std::string path{};
  std::string goldens{};
  std::optional<double> levels{};
  std::string real{};  // what the model itself leaves in real numbers
};

const std::vector<Model>& models() {
  static const std::vector<Model> all{
      {"mlperf_tiny/ad_int8_qdq", "mlperf_tiny/ad_int8_qdq", 4},
      {"mlperf_tiny/ic_int8_qdq_nchw", "mlperf_tiny/ic_int8_qdq_nchw", {}},
      {"mlperf_tiny/ic_int8_qdq_nhwc", "mlperf_tiny/ic_int8_qdq_nhwc", {}},
      {"mlperf_tiny/kws_int8_qdq_int8io", "mlperf_tiny/kws_int8_qdq_int8io", 4},
      {"mlperf_tiny/kws_int8_qdq_nchw", "mlperf_tiny/kws_int8_qdq_nchw", 4},
      {"mlperf_tiny/kws_int8_qdq_nhwc", "mlperf_tiny/kws_int8_qdq_nhwc", 4},
      {"mlperf_tiny/sww_int8_qdq_nchw", "mlperf_tiny/sww_int8_qdq_nchw", 4},
      {"mlperf_tiny/sww_int8_qdq_nhwc_int8io", "mlperf_tiny/sww_int8_qdq_nhwc_int8io", 4},
      {"mlperf_tiny/vww_int8_qdq_nchw", "mlperf_tiny/vww_int8_qdq_nchw", 4},
      {"mlperf_tiny/vww_int8_qdq_nhwc", "mlperf_tiny/vww_int8_qdq_nhwc", 4},
      {"mlperf_tiny/third_party/ad_int8_qdq_tflite2onnx", "mlperf_tiny/third_party__ad_int8_qdq_tflite2onnx", 4},
      {"mlperf_tiny/third_party/ic_int8_qdq_tf2onnx", "mlperf_tiny/third_party__ic_int8_qdq_tf2onnx", {}},
      {"mlperf_tiny/third_party/kws_int8_qdq_tf2onnx", "mlperf_tiny/third_party__kws_int8_qdq_tf2onnx", 4},
      {"mlperf_tiny/third_party/vww_int8_qdq_tflite2onnx", "mlperf_tiny/third_party__vww_int8_qdq_tflite2onnx", 4},
      {"extra/micro_kws_qdq", "extra/micro_kws_qdq", 4},
      {"extra/micro_kws_qoperator_avg_pool", "extra/micro_kws_qoperator_avg_pool", 4, "DequantizeLinear Add Softmax "},
      {"extra/tflm_hello_world_int8_qdq", "extra/tflm_hello_world_int8_qdq", 4},
      {"extra/tflm_person_detect_int8_qdq", "extra/tflm_person_detect_int8_qdq", 4}};
  return all;
}

fs::path folder_of(const Model& model) { return shared_folder() / "golden" / model.goldens; }

struct Compiled {
  Graph imported{}, marked{}, integers{};  // as read; with FakeQuantize between real operators; as it will run
};

Compiled compile(const Model& model) {
  auto imported = import_onnx((shared_folder() / "models" / (model.path + ".onnx")).string());
  REQUIRE(imported);
  Compiled compiled{.imported = std::move(imported->graph), .marked = {}, .integers = {}};
  const auto keep_marked = [&](const Pass& pass, const Graph& before, const Graph&) -> Status {
    if (pass.name == "realize-integers") compiled.marked = before;
    return Ok{};
  };
  auto result = run_passes(standard_pipeline(), compiled.imported, {.target = *find_target("host")}, keep_marked);
  INFO((result ? "" : render(result.error())));
  REQUIRE(result);
  compiled.integers = *std::move(result);
  return compiled;
}

// Operators that touch real numbers, other than the conversions of a graph's inputs and outputs.
std::string real_operators(const Graph& graph) {
  const auto is_real = [&](ValueId id) {
    return id && !graph.at(id).is_constant() && graph.at(id).type.dtype == DType::f32;
  };
  std::string names;
  for (const Node& node : graph.nodes) {
    const bool reads = std::ranges::any_of(node.inputs, is_real);
    const bool converts = (node.op->name == "QuantizeLinear" && std::ranges::count(graph.inputs, node.inputs[0]) == 1) ||
                          (node.op->name == "DequantizeLinear" && std::ranges::count(graph.outputs, node.outputs[0]) == 1);
    if (!converts && (reads || std::ranges::any_of(node.outputs, is_real))) names += std::string(node.op->name) + " ";
  }
  return names;
}

// How much one level of the output stands for; results on the fine grid of 16-bit probabilities count in 1/256.
double level_of_output(const Graph& graph) {
  for (const Node& node : graph.nodes)
    if (node.op->name == "DequantizeLinear" && node.outputs[0] == graph.outputs[0])
      return std::max(graph.constant(node.inputs[1]).to_reals()[0],
                      graph.at(node.inputs[0]).type.dtype == DType::s16 ? 1.0 / 256.0 : 0.0);
  return 1.0;
}

std::size_t position_of_largest(const std::vector<double>& values) {
  return static_cast<std::size_t>(std::ranges::max_element(values) - values.begin());
}

struct Distance {
  double worst = 0.0;
  std::int64_t moved = 0, compared = 0;
};

Distance distance_of_layer(const Graph& marked, const Node& last, const std::vector<Tensor>& inputs) {
  const Layer layer(marked, last);
  std::map<std::size_t, Tensor> values;
  for (std::size_t i = 0; i < inputs.size(); ++i) values[*marked.inputs[i]] = inputs[i];
  const auto keep = [&](ValueId id, const Tensor& tensor) { values[*id] = tensor; };
  REQUIRE(interpret(marked, inputs, Precision::single, keep));
  std::vector<Tensor> operands;
  for (const ValueId id : layer.sources()) operands.push_back(values.at(*id));

  const Graph real = layer.graph();
  const std::vector<Pass> passes{*find_pass("realize-integers"), standard_pipeline().back()};
  const auto integers = run_passes(passes, real, {.target = *find_target("host")});
  REQUIRE(integers);
  const auto expected = interpret(real, operands, Precision::reference);
  const auto found = interpret(*integers, operands);
  REQUIRE((expected && found));
  const std::vector<double> a = (*expected)[0].to_reals(), b = (*found)[0].to_reals();
  const auto scale = static_cast<double>(std::get<float>(last.attrs.at("scale")));
  Distance distance{.compared = static_cast<std::int64_t>(a.size())};
  for (std::size_t i = 0; i < a.size(); ++i) {
    distance.worst = std::max(distance.worst, std::abs(a[i] - b[i]) / scale);
    distance.moved += std::abs(a[i] - b[i]) > 0.5 * scale ? 1 : 0;
  }
  return distance;
}

bool present() { return shared_present("models that come quantized were not run"); }

}  // namespace

TEST_CASE("models that come quantized compute in integers from end to end") {
  if (!present()) return;
  for (const Model& model : models()) {
    INFO(model.path);
    CHECK(real_operators(compile(model).integers) == model.real);
  }
}

TEST_CASE("every layer of a quantized model is within one level of its definition") {
  if (!present()) return;
  for (const Model& model : models()) {
    const Compiled compiled = compile(model);
    const auto inputs = golden(folder_of(model), "in__", compiled.imported, compiled.imported.inputs, 0);
    std::int64_t moved = 0, compared = 0;
    for (const Node& node : compiled.marked.nodes) {
      if (node.op->name != "FakeQuantize") continue;
      INFO(model.path << ": " << compiled.marked.at(node.outputs[0]).name);
      const Distance distance = distance_of_layer(compiled.marked, node, inputs);
      CHECK(distance.worst < 1.01);
      moved += distance.moved;
      compared += distance.compared;
    }
    std::printf("%-60s %6ld of %7ld results on the level beside\n", model.path.c_str(), static_cast<long>(moved),
                static_cast<long>(compared));
    CHECK(compared > 0);
    CHECK(100 * moved <= compared);  // ties, which ONNX rounds to even
  }
}

TEST_CASE("quantized models end within a few levels of ONNX Runtime, optimized or not") {
  if (!present()) return;
  for (const Model& model : models()) {
    INFO(model.path);
    const Compiled compiled = compile(model);
    const Graph& graph = compiled.imported;
    const double level = level_of_output(compiled.integers);
    const std::int64_t rows = golden_array(folder_of(model), "in__", graph.at(graph.inputs[0]).name).shape[0];
    std::map<std::string, double> worst{{"out__", 0.0}, {"out_noopt__", 0.0}};
    std::int64_t other_class = 0;
    for (std::int64_t row = 0; row < rows; ++row) {
      const auto found = interpret(compiled.integers, golden(folder_of(model), "in__", graph, graph.inputs, row));
      REQUIRE(found);
      const std::vector<double> ours = (*found)[0].to_reals();
      for (auto& [prefix, most] : worst) {
        const std::vector<double> theirs = golden(folder_of(model), prefix, graph, graph.outputs, row)[0].to_reals();
        for (std::size_t i = 0; i < ours.size(); ++i) most = std::max(most, std::abs(ours[i] - theirs[i]) / level);
        other_class += position_of_largest(ours) != position_of_largest(theirs);
      }
    }
    std::printf("%-60s %2ld rows: %.1f levels from ONNX Runtime, %.1f from it unfused\n", model.path.c_str(),
                static_cast<long>(rows), worst["out__"], worst["out_noopt__"]);
    if (model.levels) CHECK(std::max(worst["out__"], worst["out_noopt__"]) <= *model.levels);
    if (!model.levels) CHECK(other_class <= 2);
  }
}
