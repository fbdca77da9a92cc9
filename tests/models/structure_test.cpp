// Channels that no output depends on, in real networks: half of the work of one of them. Leaving them out must not show
// in any result. Needs models and data beside the project; skips by name without them.
#include <catch2/catch.hpp>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <filesystem>

#include "lib/data/data_set.hpp"
#include "lib/exec/interpreter.hpp"
#include "lib/import/onnx_import.hpp"
#include "lib/plan/structure_report.hpp"
#include "lib/target/target_catalog.hpp"
#include "passes/pass.hpp"
#include "passes/quantize/options.hpp"

using namespace mote;
namespace fs = std::filesystem;

namespace {

const fs::path shared = fs::path("..") / "shared";
constexpr const char* images = "vww01/x_u8.npy";


struct Case {
  const char* model;  // below the folder of models
  const char* data;
  double scale;
  const char* layout = "";        // how rows become inputs
  const char* calibration = "";   // rows; empty: the model as it is
  std::int64_t most_macs = 0;     // afterwards; 0: nothing may be left out
  std::int64_t most_weights = 0;
  double largest_difference = 0.0;
};

// The visual wake words network was trained until most of its weights were below 1e-30.
const Case cases[] = {
    {.model = "vww_nhwc_tf2onnx_autopad", .data = images, .scale = 1.0 / 255.0, .most_macs = 3'743'000, .most_weights = 30'000, .largest_difference = 1e-6},
    {.model = "vww_nchw_bn_padnodes", .data = images, .scale = 1.0 / 255.0, .layout = "nhwc->nchw", .most_macs = 3'743'000, .most_weights = 30'000, .largest_difference = 1e-6},
    {.model = "vww_nhwc_tf2onnx_autopad", .data = images, .scale = 1.0 / 255.0, .calibration = "0:20", .most_macs = 3'740'000, .most_weights = 30'000},
    {.model = "vww_int8_qdq_nchw", .data = images, .scale = 1.0 / 255.0, .layout = "nhwc->nchw", .most_macs = 3'740'000, .most_weights = 30'000},
    {.model = "vww_int8_qdq_nhwc", .data = images, .scale = 1.0 / 255.0, .most_macs = 3'740'000, .most_weights = 30'000},
    {.model = "kws_nhwc_tf2onnx", .data = "kws01/x_f32.npy", .scale = 1.0},
    {.model = "kws_int8_qdq_nhwc", .data = "kws01/x_f32.npy", .scale = 1.0},
    {.model = "ic_nhwc_tf2onnx", .data = "cifar10/test_x_u8.npy", .scale = 1.0},
    {.model = "ic_int8_qdq_nhwc", .data = "cifar10/test_x_u8.npy", .scale = 1.0},
    {.model = "ad_matmul_tf2onnx", .data = "ad01/x_f32.npy", .scale = 1.0},
    {.model = "sww_nhwc_tf2onnx", .data = "sww01/x_f32.npy", .scale = 1.0},
};

DataSet open_set(const Case& one, const Graph& graph, const char* rows) {
  DataSpec spec{.sources = {(shared / "datasets" / one.data).string()}, .preprocess = {}, .rows = *parse_row_range(rows)};
  spec.preprocess[graph.at(graph.inputs[0]).name] = {.scale = {one.scale}, .layout = one.layout, .given = true};
  auto set = DataSet::open(spec, graph);
  if (!set) FAIL(render(set.error()));
  return *std::move(set);
}

double difference(const std::vector<Tensor>& a, const std::vector<Tensor>& b) {
  double worst = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const std::vector<double> x = a[i].to_reals(), y = b[i].to_reals();
    for (std::size_t k = 0; k < x.size(); ++k) worst = std::max(worst, std::abs(x[k] - y[k]));
  }
  return worst;
}

void check_case(const Case& one, std::int64_t step) {
  const auto target = find_target("host");
  const auto model = import_onnx((shared / "models" / "mlperf_tiny" / (std::string(one.model) + ".onnx")).string());
  REQUIRE(model);
  QuantizeOptions options;
  std::optional<DataSet> calibration;
  if (*one.calibration != '\0') {
    calibration = open_set(one, model->graph, one.calibration);
    options.samples = {.count = calibration->size(), .sample = [&](std::int64_t row) { return calibration->sample(row); }};
  }
  StructureReport report;
  PassContext context{.target = *target, .quantize = calibration ? &options : nullptr, .structure = &report};
  const auto smaller = run_passes(standard_pipeline(), model->graph, context);
  context.keep_structure = true;
  context.structure = nullptr;
  const auto whole = run_passes(standard_pipeline(), model->graph, context);
  REQUIRE(smaller);
  REQUIRE(whole);
  if (one.most_macs == 0) {
    CHECK(!report.changed());
  } else {
    CHECK(report.macs_after <= one.most_macs);
    CHECK(report.weights_after <= one.most_weights);
  }
  const DataSet data = open_set(one, model->graph, ":");
  double worst = 0.0;
  for (std::int64_t row = 0; report.changed() && row < data.size(); row += step) {
    const std::vector<Tensor> inputs = *data.sample(row);
    worst = std::max(worst, difference(*interpret(*whole, inputs), *interpret(*smaller, inputs)));
  }
  CHECK(worst <= one.largest_difference);
  std::printf("%-26s%s: %d -> %d MAC, %d -> %d weights, largest difference %.3g\n", one.model, calibration ? " calibrated" : "",
              static_cast<int>(report.macs_before), static_cast<int>(report.macs_after),
              static_cast<int>(report.weights_before), static_cast<int>(report.weights_after), worst);
}

bool is_present(const char* what) {
  if (fs::exists(shared / "models") && fs::exists(shared / "datasets")) return true;
  std::printf("SKIPPED %s: models and data are not beside the project\n", what);
  return false;
}

}  // namespace

TEST_CASE("leaving out channels shows in no result of real networks") {
  for (const Case& one : cases) {
    INFO(one.model);
    if (is_present(one.model)) check_case(one, 25);
  }
}

TEST_CASE("leaving out channels shows in no result on any row", "[.slow]") {
  for (const Case& one : cases) {
    INFO(one.model);
    if (is_present(one.model)) check_case(one, 1);
  }
}

TEST_CASE("finding the channels takes less than a second") {
  if (!is_present("the time it takes")) return;
  const auto target = find_target("host");
  const auto model = import_onnx((shared / "models/mlperf_tiny/vww_nhwc_tf2onnx_autopad.onnx").string());
  REQUIRE(model);
  const auto all = standard_pipeline();
  const auto pass = std::ranges::find(all, "drop-channels", &Pass::name);
  const auto before = run_passes({all.begin(), pass}, model->graph, {.target = *target});
  REQUIRE(before);
  const auto start = std::chrono::steady_clock::now();
  REQUIRE(pass->run(*before, {.target = *target}));
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
  std::printf("drop-channels: %.3f s\n", taken.count());
  CHECK(taken.count() < 1.0);
}
