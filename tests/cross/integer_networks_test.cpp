// The five networks of MLPerf Tiny, quantized to integers, on emulated processors: the bits of the host's interpreter
// for rows of real data. Needs models and data beside the project; skips by name without them.
#include <filesystem>
#include <fstream>

#include <catch2/catch.hpp>

#include "lib/data/data_set.hpp"
#include "lib/import/onnx_import.hpp"
#include "lib/ir/array_file.hpp"
#include "passes/quantize/options.hpp"
#include "tests/cross/board_check.hpp"

using namespace mote;
namespace fs = std::filesystem;

namespace {

const fs::path shared = fs::path("..") / "shared";

// Parts with the memory of the network; Armv6-M stands for Cortex-M0 and M0+ alike.
constexpr const char* targets[] = {"stm32g0b1re", "nucleo-l4r5zi", "corstone-300", "esp32c3"};

// Few rows: how well the network answers is not the question here.
constexpr std::int64_t calibration_rows = 8;
constexpr std::int64_t run_rows = 2;

DataSet open_rows(const fs::path& file, double scale, const Graph& graph) {
  DataSpec spec{.sources = {file.string()}, .preprocess = {}, .rows = {.begin = 0, .end = calibration_rows + run_rows}};
  spec.preprocess[graph.at(graph.inputs[0]).name] = {.scale = {scale}, .given = true};
  auto rows = DataSet::open(spec, graph);
  if (!rows) FAIL(render(rows.error()));
  return *std::move(rows);
}

// The rows after those of the calibration, as a file of golden vectors.
std::string vectors_file(const std::string& name, const DataSet& rows) {
  const TensorType& type = rows.inputs()[0].type;
  std::vector<std::int64_t> extents{run_rows};
  extents.insert(extents.end(), type.shape.extents().begin(), type.shape.extents().end());
  Tensor all{.dtype = type.dtype, .shape = *Shape::make(extents), .bytes = {}};
  for (std::int64_t row = 0; row < run_rows; ++row) {
    const Bytes bytes = (*rows.sample(calibration_rows + row))[0].bytes;
    all.bytes.insert(all.bytes.end(), bytes.begin(), bytes.end());
  }
  const Bytes npy = npy_bytes(all);
  const fs::path file = fs::path(MOTE_SCRATCH) / ("cross-" + name + "-vectors.npy");
  std::ofstream(file, std::ios::binary)
      .write(reinterpret_cast<const char*>(npy.data()), static_cast<std::streamsize>(npy.size()));
  return file.string();
}

void check_network(const std::string& name, const char* data, double scale = 1.0) {
  const fs::path model = shared / "models/mlperf_tiny" / (name + ".onnx"), file = shared / "datasets" / data;
  for (const fs::path& needed : {model, file})
    if (!fs::exists(needed)) {
      WARN("SKIPPED: " << name << " in integers on emulated boards: " << needed << " is absent");
      return;
    }
  const auto imported = import_onnx(model.string());
  REQUIRE(imported);
  const DataSet rows = open_rows(file, scale, imported->graph);
  const QuantizeOptions quantize{
      .samples = {.count = calibration_rows, .sample = [&](std::int64_t row) { return rows.sample(row); }}};
  const std::string vectors = vectors_file(name, rows);
  for (const char* target : targets)
    cross::check_on_target(model.string(), target, {.vectors = vectors, .quantize = &quantize, .integer_only = true});
}

}  // namespace

TEST_CASE("the integer keyword spotter gives the interpreter's bits on four processors") {
  check_network("kws_nhwc_tf2onnx", "kws01/x_f32.npy");
}
TEST_CASE("the integer person detector gives the interpreter's bits on four processors") {
  check_network("vww_nhwc_tf2onnx_autopad", "vww01/x_u8.npy", 1.0 / 255.0);
}
TEST_CASE("the integer image classifier gives the interpreter's bits on four processors") {
  check_network("ic_nhwc_tf2onnx", "cifar10/test_x_u8.npy");
}
TEST_CASE("the integer wake-word detector gives the interpreter's bits on four processors") {
  check_network("sww_nhwc_tf2onnx", "sww01/x_f32.npy");
}
TEST_CASE("the integer anomaly detector gives the interpreter's bits on four processors") {
  check_network("ad_matmul_tf2onnx", "ad01/x_f32.npy");
}
