#include "tests/export/round_trip.hpp"

#include <catch2/catch.hpp>
#include <filesystem>
#include <map>

#include "lib/exec/interpreter.hpp"
#include "lib/import/onnx_import.hpp"
#include "lib/ops/op_def.hpp"
#include "lib/support/sha256.hpp"
#include "lib/support/text.hpp"
#include "passes/pass.hpp"

namespace mote::test {
namespace {

const std::filesystem::path shared = std::filesystem::path("..") / "shared";

template <class T>
T taken(Result<T> result) {
  INFO((result ? std::string() : render(result.error())));
  REQUIRE(result);
  return *std::move(result);
}

std::size_t begin_of_integers() {
  const auto all = standard_pipeline();
  return static_cast<std::size_t>(std::ranges::find(all, "realize-integers", &Pass::name) - all.begin());
}

// "#3" for the third value defined, or what a constant holds.
class ValueNames {
 public:
  explicit ValueNames(const Graph& graph) : graph_(graph) {
    for (const ValueId id : graph.inputs) define(id);
  }
  void define(ValueId id) { number_.emplace(*id, number_.size()); }
  [[nodiscard]] std::string text(ValueId id) const {
    if (!id) return "-";
    const Value& value = graph_.at(id);
    if (!value.is_constant()) return "#" + std::to_string(number_.at(*id));
    return std::string(name_of(value.type.dtype)) + value.type.shape.text() + ":" + sha256(*value.data).substr(0, 12);
  }

 private:
  const Graph& graph_;
  std::map<std::size_t, std::size_t> number_{};
};

struct AttrText {
  std::string operator()(std::int64_t value) const { return std::to_string(value); }
  std::string operator()(float value) const { return number_text(value); }
  std::string operator()(const std::string& value) const { return value; }
  std::string operator()(const std::vector<std::int64_t>& values) const { return join(values, ","); }
  std::string operator()(const std::vector<float>& values) const {
    std::string text;
    for (const float value : values) text += number_text(value) + ",";
    return text;
  }
  std::string operator()(const Literal& literal) const { return sha256(*literal.data); }
};

}  // namespace

std::span<const Pass> before_integers() { return standard_pipeline().first(begin_of_integers()); }
std::span<const Pass> from_integers_on() { return standard_pipeline().subspan(begin_of_integers()); }

Task digits() {
  const std::string images = "samples/digits/digits_test_images.npy";
  return {.name = "digits",
          .model = "samples/digits/digits.onnx",
          .data = images + "[100:500]",
          .calibration = images + "[0:100]",
          .labels = "samples/digits/digits_test_labels.npy[100:500]"};
}

std::vector<Task> mlperf_tasks() {
  const std::filesystem::path models = shared / "models" / "mlperf_tiny", sets = shared / "datasets";
  if (!std::filesystem::is_directory(models) || !std::filesystem::is_directory(sets)) return {};
  const auto model = [&](const char* name) { return (models / name).string(); };
  const auto set = [&](const char* name) { return (sets / name).string(); };
  return {{.name = "kws", .model = model("kws_nhwc_tf2onnx.onnx"), .data = set("kws01/x_f32.npy[100:500]"),
           .calibration = set("kws01/x_f32.npy[0:100]"), .labels = set("kws01/y.npy[100:500]")},
          {.name = "ad", .model = model("ad_matmul_tf2onnx.onnx"), .data = set("ad01/x_f32.npy[98:196]"),
           .calibration = set("ad01/x_f32.npy[0:98]"), .labels = {}},
          {.name = "sww", .model = model("sww_nhwc_tf2onnx.onnx"), .data = set("sww01/x_f32.npy[15:30]"),
           .calibration = set("sww01/x_f32.npy[0:15]"), .labels = set("sww01/y.npy[15:30]")},
          {.name = "ic", .model = model("ic_nhwc_tf2onnx.onnx"), .data = set("cifar10/test_x_u8.npy[0:466]"),
           .calibration = set("cifar10/calib_official_x_u8.npy[0:100]"), .labels = set("cifar10/test_y.npy[0:466]")},
          {.name = "ic, channels first", .model = model("ic_nchw_bn.onnx"), .data = {}, .calibration = {}, .labels = {}},
          {.name = "vww", .model = model("vww_nhwc_tf2onnx_autopad.onnx"), .data = set("vww01/x_u8.npy[100:500]"),
           .calibration = set("vww01/x_u8.npy[0:100]"), .scale = 1.0 / 255.0, .labels = set("vww01/y.npy[100:500]")}};
}

Graph import_file(const std::string& path) { return taken(import_onnx(path)).graph; }

Graph import_bytes(const std::string& bytes) {
  return taken(import_onnx_bytes(std::as_bytes(std::span(bytes.data(), bytes.size())), "exported.onnx")).graph;
}

DataSet open_data(const std::string& source, const Task& task, const Graph& graph) {
  DataSpec spec{.sources = {source}};
  for (const ValueId id : graph.inputs) spec.preprocess[graph.at(id).name] = {.scale = {task.scale}, .given = true};
  return taken(DataSet::open(spec, graph));
}

BothWays both_ways(const Graph& imported, const QuantizeOptions& quantize) {
  const Target target{};
  BothWays both{.imported = imported};
  const Graph real = taken(run_passes(before_integers(), imported, {.target = target, .quantize = &quantize}));
  both.direct = taken(run_passes(from_integers_on(), real, {.target = target, .quantize = &quantize}));
  both.exported = taken(export_onnx(real));
  both.read_back = taken(run_passes(standard_pipeline(), import_bytes(both.exported.bytes), {.target = target}));
  return both;
}

BothWays both_ways(const Task& task, int weight_bits) {
  const Graph imported = import_file(task.model);
  if (task.calibration.empty()) {
    const auto random = [&imported](std::int64_t i) -> Result<std::vector<Tensor>> {
      return random_inputs(imported, static_cast<std::uint64_t>(i));
    };
    return both_ways(imported, {.samples = {.count = 4, .sample = random}});
  }
  const DataSet data = open_data(task.calibration, task, imported);
  QuantizeOptions quantize{.samples = {.count = data.size(), .sample = [&data](std::int64_t i) { return data.sample(i); }}};
  quantize.weight_bits = weight_bits;
  return both_ways(imported, quantize);
}

std::string arithmetic_of(const Graph& graph) {
  ValueNames names(graph);
  std::string text;
  for (const Node& node : graph.nodes) {
    text += std::string(node.op->name) + "(";
    for (const ValueId id : node.inputs) text += names.text(id) + " ";
    text += ")";
    for (const auto& [name, value] : node.attrs) text += " " + name + "=" + std::visit(AttrText{}, value);
    for (const ValueId id : node.outputs)
      if (id) names.define(id);
    text += "\n";
  }
  for (const ValueId id : graph.outputs) text += "output " + names.text(id) + "\n";
  return text;
}

}  // namespace mote::test
