// Real networks against ONNX Runtime's outputs: imported, compiled for the host, built, run. Needs the models and golden
// arrays beside the project; skips by name without them.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdio>
#include <set>

#include "lib/import/onnx_import.hpp"
#include "lib/target/target_catalog.hpp"
#include "passes/pass.hpp"
#include "tests/emitted/drop_runner.hpp"
#include "tests/models/golden.hpp"

using namespace mote;
using namespace mote::test;

namespace {

const fs::path shared = shared_folder();

// Networks of layers that this compiler must know; the others are reported with the reason.
const std::set<std::string> required_extra{
    "ultraface_rfb320", "ultraface_slim320_simplified", "st_mobilenetv2_035_128", "st_yamnet_256",    "mnist_cntk",
    "lenet1_keras",     "tfl_helloworld_keras",         "velardo_lesson9",        "micro_kws_fp32", "uci_har_cnn_float",
    "tflm_mnist_lstm",  "lstm_coffee",                  "dtln_1",                 "ten_vad",
    "yunet_n_320",      "st_ssd_mobilenet_v1_025_256",  "cct_1_16_16_8",          "cct_2_32_32_128",
    "gtcrn_simple"};

// Largest difference relative to the output's range over all its elements.
double worst_difference(const Tensor& found, const Tensor& expected) {
  const std::vector<double> a = found.to_reals();
  const std::vector<double> b = expected.to_reals();
  test::expect(a.size() == b.size(), "another number of elements than the golden output");
  const auto [low, high] = std::ranges::minmax(b);
  // An output of one element has no range of its own: its size stands in.
  const double range = std::max({high - low, a.size() == 1 ? std::abs(high) : 0.0, 1e-6});
  double worst = 0;
  for (std::size_t i = 0; i < a.size(); ++i) worst = std::max(worst, std::abs(a[i] - b[i]) / range);
  return worst;
}

std::string check_model(const fs::path& model, const fs::path& goldens, double tolerance) {
  const auto imported = import_onnx(model.string());
  if (!imported) return model.string() + ":\n" + render(imported.error());
  const Graph& graph = imported->graph;
  const auto target = find_target("host");
  const std::vector<Tensor> inputs = golden(goldens, "in__", graph, graph.inputs, 0);
  auto compiled = run_passes(standard_pipeline(), graph, {*target});
  if (!compiled) return model.string() + ":\n" + render(compiled.error());
  const auto outputs = interpret(*compiled, inputs);
  if (!outputs) return model.string() + ":\n" + render(outputs.error());
  double worst = 0;
  const std::vector<Tensor> expected = golden(goldens, "out__", graph, graph.outputs, 0);
  for (std::size_t i = 0; i < expected.size(); ++i) worst = std::max(worst, worst_difference((*outputs)[i], expected[i]));
  std::printf("%-60s worst difference %.2e of the range\n", model.filename().c_str(), worst);
  if (!(worst <= tolerance)) return model.string() + ": worst difference " + std::to_string(worst);
  const auto drop = test::drop_of(graph, *target, {inputs});
  if (!drop) return model.string() + ":\n" + render(drop.error());
  const std::string problem = test::build_and_run(*drop, {.compiler = "c++", .flags = {"-O2"}});
  return problem.empty() ? "" : model.string() + ":\n" + problem;
}

bool present() { return shared_present("real networks were not compared with their golden outputs"); }

bool is_float(const fs::path& model) { return model.string().find("int8") == std::string::npos; }

}  // namespace

TEST_CASE("every float export of the MLPerf Tiny networks matches ONNX Runtime and compiles to the same bits") {
  if (!present()) return;
  std::vector<std::function<std::string()>> jobs;
  const fs::path models = shared / "models" / "mlperf_tiny";
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(models)) {
    if (entry.path().extension() != ".onnx" || !is_float(entry.path())) continue;
    const bool third_party = entry.path().parent_path().filename() == "third_party";
    const std::string name = (third_party ? "third_party__" : "") + entry.path().stem().string();
    const fs::path goldens = shared / "golden" / "mlperf_tiny" / name;
    jobs.push_back([=] { return check_model(entry.path(), goldens, 1e-4); });
  }
  CHECK(jobs.size() >= 15);
  for (const std::string& problem : test::run_all(jobs)) FAIL_CHECK(problem);
}

TEST_CASE("convolutional, dense and recurrent networks from elsewhere match ONNX Runtime; the rest is refused with reasons") {
  if (!present()) return;
  std::vector<std::function<std::string()>> jobs;
  for (const fs::directory_entry& entry : fs::directory_iterator(shared / "models" / "extra")) {
    if (entry.path().extension() != ".onnx") continue;
    const std::string name = entry.path().stem().string();
    if (required_extra.contains(name)) {
      jobs.push_back([=] { return check_model(entry.path(), shared / "golden" / "extra" / name, 1e-4); });
      continue;
    }
    const auto imported = import_onnx(entry.path().string());
    std::printf("%-60s %s", name.c_str(), imported ? "imports\n" : render(imported.error()).c_str());
  }
  CHECK(jobs.size() == required_extra.size());
  for (const std::string& problem : test::run_all(jobs)) FAIL_CHECK(problem);
}
