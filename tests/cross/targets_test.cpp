// Emitted code on emulated targets: cross-compiled without a warning, bit-identical with the host's interpreter.
#include <catch2/catch.hpp>
#include <filesystem>

#include "tests/cross/board_check.hpp"

using namespace mote;
using namespace mote::cross;
using Catch::Contains;
namespace fs = std::filesystem;

namespace {

const std::string digits = "samples/digits/digits.onnx";
const std::string digits_rows = "samples/digits/digits_test_images.npy";

}  // namespace

TEST_CASE("the digits sample gives the interpreter's bits on Cortex-M and RISC-V") {
  for (const char* target : {"nrf51822", "stm32f103c8", "nucleo-l4r5zi", "stm32h743zi", "corstone-300", "gd32vf103cb"})
    check_on_target(digits, target, {.vectors = "3"});
}

TEST_CASE("a run that needs more stack than the manifest declares fails") {
  DropManifest manifest = written_drop(digits, "nucleo-l4r5zi", {.vectors = "1"});
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
  check_on_target(digits, "atmega2560", {.vectors = digits_rows + ":40"});
}

TEST_CASE("labels of forests, which stop asking trees when they are decided, are the interpreter's on small cores") {
  struct Forest {
    std::string model, rows;
  };
  const std::string folder = "samples/";
  const Forest forests[] = {{folder + "screening/screening.onnx", folder + "screening/screening_test_rows.npy"},
                            {folder + "bearing/bearing.onnx", folder + "bearing/bearing_test_features.npy"}};
  for (const Forest& forest : forests)
    for (const char* target : {"nrf51822", "atmega2560"})
      for (const Optimize optimize : {Optimize::speed, Optimize::size})
        for (const bool ranks : {false, true})
          check_on_target(forest.model, target, {.vectors = forest.rows + ":40", .optimize = optimize, .rank_inputs = ranks},
                          {"label"});
}

TEST_CASE("the float keyword spotter gives the interpreter's bits on Cortex-M4F, Cortex-M0 and RISC-V") {
  const std::string kws = "../shared/models/mlperf_tiny/kws_nchw_bn.onnx";
  if (!fs::exists(kws)) {
    WARN("SKIPPED: " << kws << " is absent");
    return;
  }
  for (const char* target : {"nucleo-l4r5zi", "stm32g0b1re", "esp32c3"}) check_on_target(kws, target, {.vectors = "1"});
}
