// Weights of 0 left out of emitted code on emulated targets: bit-identical with the host's interpreter, which reads them.
#include <algorithm>
#include <filesystem>
#include <fstream>

#include <catch2/catch.hpp>

#include "lib/export/onnx_export.hpp"
#include "lib/import/onnx_import.hpp"
#include "lib/ir/array_file.hpp"
#include "passes/quantize/options.hpp"
#include "tests/cross/board_check.hpp"
#include "tools/pruning.hpp"
#include "tools/thinning.hpp"

using namespace mote;
using namespace mote::cross;
namespace fs = std::filesystem;

namespace {

const std::string digits = "samples/digits/digits.onnx", images = "samples/digits/digits_test_images.npy";

CalibrationSamples first_images() {
  const auto rows = read_npy(images);
  REQUIRE(rows);
  const Tensor all = *rows;
  return {.count = 16, .sample = [all](std::int64_t row) -> Result<std::vector<Tensor>> {
            Tensor image = Tensor::zeros(DType::f32, *Shape::make({1, 1, 8, 8}));
            const auto first = all.bytes.begin() + static_cast<std::ptrdiff_t>(row) * 64 * 4;
            std::copy(first, first + std::ptrdiff_t{64} * 4, image.bytes.begin());
            return std::vector{image};
          }};
}

// The sample with that share of its weights 0, in a file.
std::string sparse_digits(const std::string& name, const CalibrationSamples& samples, double share) {
  auto imported = import_onnx(digits);
  REQUIRE(imported);
  auto whole = prune_graph(std::move(imported->graph), samples, 1.0);
  REQUIRE(whole);
  const auto sparse = thinned_graph(std::move(whole->pruned), samples, {.share = share});
  REQUIRE(sparse);
  const auto exported = export_onnx(*sparse);
  REQUIRE(exported);
  const fs::path path = fs::path(MOTE_SCRATCH) / (name + ".onnx");
  std::ofstream(path, std::ios::binary)
      .write(exported->bytes.data(), static_cast<std::streamsize>(exported->bytes.size()));
  return path.string();
}

bool reads_streams(const DropManifest& drop, const std::string& form) {
  return std::ranges::any_of(drop.sources, [&](const fs::path& source) {
    const auto bytes = read_file(source.string());
    REQUIRE(bytes);
    const std::string text(reinterpret_cast<const char*>(bytes->data()), bytes->size());
    return text.find(form + "<") != std::string::npos;
  });
}

}  // namespace

TEST_CASE("a network without its zeros gives the interpreter's bits on Cortex-M, RISC-V and AVR") {
  const QuantizeOptions quantize{.samples = first_images()};
  const std::string sparse = sparse_digits("cross-sparse-digits", quantize.samples, 0.7);
  for (const auto& [target, form] : {std::pair{"stm32f091rc", "_sparse"},
                                     {"stm32f103c8", "_sparse"},
                                     {"nucleo-l4r5zi", "_sparse_quads"},
                                     {"corstone-300", "_sparse_quads"},
                                     {"esp32c3", "_sparse"},
                                     {"atmega2560", "_sparse"}}) {
    const BuildOptions options{.vectors = "2", .quantize = &quantize, .optimize = Optimize::speed};
    CHECK(reads_streams(written_drop(sparse, target, options), form));
    check_on_target(sparse, target, options);
  }
}

TEST_CASE("pairs of products give the interpreter's bits with all weights, too") {
  const QuantizeOptions quantize{.samples = first_images()};
  for (const char* target : {"nucleo-l4r5zi", "corstone-300"}) {
    const BuildOptions options{.vectors = "2", .quantize = &quantize, .optimize = Optimize::speed};
    CHECK(reads_streams(written_drop(digits, target, options), "_sparse_quads"));
    check_on_target(digits, target, options);
  }
}
