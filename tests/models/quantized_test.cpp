// Real float networks, calibrated on samples that they are not measured on: the integer network must answer as well as
// the float one, in integers alone, in a quarter of its memory. Needs models and data beside the project; skips by name
// without them.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdio>
#include <filesystem>
#include <thread>

#include "lib/data/data_set.hpp"
#include "lib/exec/interpreter.hpp"
#include "lib/import/onnx_import.hpp"
#include "lib/ir/array_file.hpp"
#include "lib/ops/results.hpp"
#include "lib/target/target_catalog.hpp"
#include "passes/pass.hpp"
#include "passes/plan/make_plan.hpp"
#include "passes/quantize/options.hpp"

using namespace mote;
namespace fs = std::filesystem;

namespace {

const fs::path shared = fs::path("..") / "shared";

struct Rows {
  const char* file;
  const char* range;
};
struct Case {
  const char* model;  // below the folder of models
  Rows data;           // measured on
  Rows calibration;    // rows that are not measured
  const char* labels;  // empty: an autoencoder, judged by its reconstruction error
  double scale;
  std::int64_t arena_bytes;
};

// In points of accuracy the integer networks may lose; relative for the reconstruction error.
constexpr double most_points_lost = 0.3;
constexpr double most_score_change = 0.01;

constexpr Case cases[] = {
    {"mlperf_tiny/kws_nhwc_tf2onnx", {"kws01/x_f32.npy", "100:500"}, {"kws01/x_f32.npy", "0:100"}, "kws01/y.npy", 1.0, 8'400},
    {"mlperf_tiny/vww_nhwc_tf2onnx_autopad", {"vww01/x_u8.npy", "100:500"}, {"vww01/x_u8.npy", "0:100"}, "vww01/y.npy", 1.0 / 255.0,
     36'900},
    {"mlperf_tiny/ic_nhwc_tf2onnx", {"cifar10/test_x_u8.npy", ":"}, {"cifar10/calib_official_x_u8.npy", ":"}, "cifar10/test_y.npy",
     1.0, 32'800},
    {"mlperf_tiny/sww_nhwc_tf2onnx", {"sww01/x_f32.npy", "15:30"}, {"sww01/x_f32.npy", "0:15"}, "sww01/y.npy", 1.0, 4'000},
    {"mlperf_tiny/ad_matmul_tf2onnx", {"ad01/x_f32.npy", "98:196"}, {"ad01/x_f32.npy", "0:98"}, "", 1.0, 800},
    {"extra/mnist_cntk", {"mnist/test_x_u8.npy", ":"}, {"mnist/train_x_u8.npy", "0:300"}, "mnist/test_y.npy", 1.0, 6'400},
    {"extra/lenet1_keras", {"mnist/test_x_u8.npy", ":"}, {"mnist/train_x_u8.npy", "0:300"}, "mnist/test_y.npy", 1.0, 3'200},
    {"extra/tflm_mnist_lstm", {"mnist/test_x_u8.npy", ":"}, {"mnist/train_x_u8.npy", "0:300"}, "mnist/test_y.npy",
     1.0 / 255.0, 1'400}};

DataSet open_set(const Rows& rows, double scale, const Graph& graph) {
  DataSpec spec{.sources = {(shared / "datasets" / rows.file).string()}, .preprocess = {}, .rows = *parse_row_range(rows.range)};
  spec.preprocess[graph.at(graph.inputs[0]).name] = {.scale = {scale}, .given = true};
  auto set = DataSet::open(spec, graph);
  if (!set) FAIL(render(set.error()));
  return *std::move(set);
}

// What a network scores on a set: right answers in percent, or the mean squared error of the reconstruction.
double score_of(const Graph& graph, const DataSet& set, const std::vector<std::int64_t>& labels) {
  std::vector<double> scores(static_cast<std::size_t>(set.size()), 0.0);
  const auto share = [&](std::int64_t first) {
    for (std::int64_t row = first; row < set.size(); row += 2) {
      const std::vector<Tensor> inputs = *set.sample(row);
      const std::vector<double> y = (*interpret(graph, inputs))[0].to_reals();
      double& score = scores[static_cast<std::size_t>(row)];
      if (!labels.empty()) {
        const auto label = labels[static_cast<std::size_t>(row + set.first_row())];
        score = std::ranges::max_element(y) - y.begin() == label ? 100.0 : 0.0;
        continue;
      }
      const std::vector<double> x = inputs[0].to_reals();
      for (std::size_t i = 0; i < x.size(); ++i) score += (x[i] - y[i]) * (x[i] - y[i]) / static_cast<double>(x.size());
    }
  };
  std::thread other(share, 1);
  share(0);
  other.join();
  double sum = 0.0;
  for (const double score : scores) sum += score;
  return sum / static_cast<double>(scores.size());
}

bool computes_in_integers(const Graph& graph) {
  return std::ranges::all_of(graph.nodes, [&](const Node& node) {
    const bool is_border = node.op->name == "QuantizeLinear" || node.op->name == "DequantizeLinear";
    return is_border || !is_float(graph.at(first_result(node)).type.dtype);
  });
}

void check_case(const Case& one) {
  INFO(one.model);
  const auto target = find_target("host");
  const auto model = import_onnx((shared / "models" / (std::string(one.model) + ".onnx")).string());
  REQUIRE(model);
  const DataSet calibration = open_set(one.calibration, one.scale, model->graph);
  const DataSet data = open_set(one.data, one.scale, model->graph);
  const QuantizeOptions options{
      .samples = {.count = calibration.size(), .sample = [&](std::int64_t row) { return calibration.sample(row); }}};
  const auto real = run_passes(standard_pipeline(), model->graph, {.target = *target});
  const auto integer = run_passes(standard_pipeline(), model->graph, {.target = *target, .quantize = &options});
  INFO((integer ? std::string() : render(integer.error())));
  REQUIRE(integer);
  CHECK(computes_in_integers(*integer));

  std::vector<std::int64_t> labels;
  if (*one.labels != '\0') labels = read_npy((shared / "datasets" / one.labels).string())->to_integers();
  const double before = score_of(*real, data, labels), after = score_of(*integer, data, labels);
  const auto plan = make_plan(*integer, *target);
  REQUIRE(plan);
  std::printf("%-38s float %.3f int8 %.3f on %d samples, calibrated on %d; arena %d B\n", one.model, before, after,
              static_cast<int>(data.size()), static_cast<int>(calibration.size()), static_cast<int>(plan->arena_bytes));
  if (labels.empty())
    CHECK(std::abs(after - before) <= most_score_change * before);
  else
    CHECK(after >= before - most_points_lost);
  CHECK(plan->arena_bytes - plan->scratch_bytes <= one.arena_bytes);
}

}  // namespace

TEST_CASE("real networks lose nothing to integers") {
  for (const Case& one : cases) {
    if (!fs::exists(shared / "models") || !fs::exists(shared / "datasets")) {
      std::printf("SKIPPED %s: models and data are not beside the project\n", one.model);
      continue;
    }
    check_case(one);
  }
}
