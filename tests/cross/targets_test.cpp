// Emitted code on emulated targets: cross-compiled without a warning, bit-identical with the host's interpreter.
#include <catch2/catch.hpp>
#include <filesystem>

#include "lib/import/onnx_import.hpp"
#include "lib/support/text.hpp"
#include "lib/target/target_catalog.hpp"
#include "tools/build_drop.hpp"
#include "tools/drop_check.hpp"
#include "tools/file_tree.hpp"

using namespace mote;
using Catch::Contains;
namespace fs = std::filesystem;

namespace {

// Compiles a model for a target into a folder.
DropManifest written_drop(const std::string& model, const std::string& target_name, const std::string& vectors) {
  INFO(model << " on " << target_name);
  const auto target = find_target(target_name);
  REQUIRE(target);
  const auto imported = import_onnx(model);
  INFO((imported ? "" : render(imported.error())));
  REQUIRE(imported);
  const auto drop = build_drop(*imported, model, *target, {.name = "network", .static_context = true, .vectors = vectors,
                                                           .recorded = {}, .observe = {}});
  INFO((drop ? "" : render(drop.error())));
  REQUIRE(drop);
  const fs::path folder = fs::path(MOTE_SCRATCH) / ("cross-" + fs::path(model).stem().string() + "-" + target_name);
  fs::remove_all(folder);
  REQUIRE(write_drop(drop->files, folder.string()));
  const auto manifest = read_manifest(folder);
  REQUIRE(manifest);
  return *manifest;
}

// Runs the drop's self-test on the target's emulated board.
void check_on_target(const std::string& model, const std::string& target_name, const std::string& vectors) {
  INFO(model << " on " << target_name);
  const CheckOutcome outcome = check_on_board(written_drop(model, target_name, vectors), target_name);
  INFO(outcome.detail);
  if (outcome.state == CheckOutcome::State::skipped) {
    WARN("SKIPPED: " << model << " on " << target_name << ": " << outcome.detail);
    return;
  }
  CHECK(outcome.state == CheckOutcome::State::passed);
}

const std::string digits = "samples/digits/digits.onnx";
const std::string digits_rows = "samples/digits/digits_test_images.npy";

}  // namespace

TEST_CASE("the digits sample gives the interpreter's bits on Cortex-M and RISC-V") {
  for (const char* target : {"nrf51822", "stm32f103c8", "nucleo-l4r5zi", "stm32h743zi", "corstone-300", "gd32vf103cb"})
    check_on_target(digits, target, "3");
}

TEST_CASE("a run that needs more stack than the manifest declares fails") {
  DropManifest manifest = written_drop(digits, "nucleo-l4r5zi", "1");
  manifest.stack_bytes = 64;
  const CheckOutcome outcome = check_on_board(manifest, "nucleo-l4r5zi");
  if (outcome.state == CheckOutcome::State::skipped) {
    WARN("SKIPPED: " << outcome.detail);
    return;
  }
  CHECK(outcome.state == CheckOutcome::State::failed);
  CHECK_THAT(outcome.detail, Contains("of 64 bytes of stack that manifest.json declares"));
}

TEST_CASE("the digits sample gives every class of the test rows on an ATmega2560") {
  check_on_target(digits, "atmega2560", digits_rows + ":40");
}

TEST_CASE("the float keyword spotter gives the interpreter's bits on Cortex-M4F, Cortex-M0 and RISC-V") {
  const std::string kws = "../shared/models/mlperf_tiny/kws_nchw_bn.onnx";
  if (!fs::exists(kws)) {
    WARN("SKIPPED: " << kws << " is absent");
    return;
  }
  for (const char* target : {"nucleo-l4r5zi", "stm32g0b1re", "esp32c3"}) check_on_target(kws, target, "1");
}
