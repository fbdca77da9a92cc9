// A student of the bundled sample's network, from the command line.
#include <algorithm>
#include <filesystem>
#include <fstream>

#include "tests/cli/digits_drop.hpp"

using namespace mote;
using namespace mote::test;
using Catch::Contains;
namespace fs = std::filesystem;

namespace {

std::vector<std::string> distillation(const fs::path& output, std::vector<std::string> more = {}) {
  std::vector<std::string> arguments{"distill",   "--teacher", digits,          "--student", "samples/digits/student.mir",
                                     "--initial", "random",    "--calibration", digit_images, "--rows",
                                     "0:250",     "-o",        output.string()};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

}  // namespace

TEST_CASE("a student learns from its teacher what labels alone teach less well", "[distill]") {
  const fs::path taught = fresh("taught.onnx"), labelled = fresh("labelled.onnx");
  REQUIRE(mote_process(distillation(taught, {"--epochs", "100"})).status == 0);
  REQUIRE(mote_process(distillation(labelled, {"--epochs", "100", "--labels", digit_labels, "--label-share", "1"}))
              .status == 0);
  CHECK(accuracy_of(taught) >= 0.92);
  CHECK(accuracy_of(taught) > accuracy_of(labelled));
}

TEST_CASE("distilling is the same for the same seed, and a checkpoint that is done is not trained again", "[distill]") {
  const fs::path whole = fresh("whole.onnx"), again = fresh("again.onnx"), checkpoint = fresh("checkpoint.npz");
  REQUIRE(mote_process(distillation(whole, {"--epochs", "6"})).status == 0);
  REQUIRE(mote_process(distillation(again, {"--epochs", "6", "--checkpoint", checkpoint.string()})).status == 0);
  CHECK(contents(whole) == contents(again));
  const auto report = mote_json(distillation(again, {"--epochs", "6", "--checkpoint", checkpoint.string()}));
  CHECK(report["result"]["epochs"] == 6);
  CHECK(contents(whole) == contents(again));
}

TEST_CASE("a network that learns with rounded numbers is written with its levels", "[distill]") {
  const fs::path output = fresh("learned_int8.onnx"), drop = fresh("learned-int8");
  const auto result =
      mote_process({"distill", "--teacher", digits, "--student", digits, "--quantize", "int8", "--calibration",
                    digit_images, "--rows", "0:250", "--epochs", "5", "--rate", "0.0001", "-o", output.string()});
  INFO(result.standard_error);
  REQUIRE(result.status == 0);
  CHECK(accuracy_of(output) >= 0.98);
  REQUIRE(mote_process({"compile", output.string(), "-o", drop.string()}).status == 0);
  CHECK(fs::exists(drop / "src/kernels/quantized_conv2d.hpp"));
  CHECK_FALSE(fs::exists(drop / "src/kernels/conv2d_f32.hpp"));
}

TEST_CASE("a network that learns with weights of four bits is written with them", "[distill]") {
  const fs::path output = fresh("learned_int4.onnx"), drop = fresh("learned-int4");
  const auto result = mote_process({"distill", "--teacher", digits, "--student", digits, "--quantize", "int8", "--weights",
                                    "int4", "--int4-weights", "*", "--calibration", digit_images, "--rows", "0:250", "--epochs",
                                    "5", "--rate", "0.0001", "-o", output.string()});
  INFO(result.standard_error);
  REQUIRE(result.status == 0);
  CHECK(accuracy_of(output) >= 0.97);
  REQUIRE(mote_process({"compile", output.string(), "-o", drop.string()}).status == 0);
  CHECK(fs::exists(drop / "src/kernels/half_bytes.hpp"));
}

TEST_CASE("random weights cannot be quantized while they learn", "[distill]") {
  const auto result = mote_process(distillation(fresh("random_int8.onnx"), {"--quantize", "int8"}));
  CHECK(result.status == 2);
  CHECK_THAT(result.standard_error, Contains("trained already"));
}

TEST_CASE("a checkpoint of another network, loss, seed or lesson is refused", "[distill]") {
  const fs::path output = fresh("foreign.onnx"), checkpoint = fresh("foreign.npz");
  const std::vector<std::string> kept{"--epochs", "1", "--checkpoint", checkpoint.string()};
  REQUIRE(mote_process(distillation(output, kept)).status == 0);
  const auto check_refused = [](const std::vector<std::string>& arguments) {
    const auto result = mote_process(arguments);
    CHECK(result.status == 2);
    CHECK_THAT(result.standard_error, Contains("belongs to other training"));
  };
  check_refused({"distill", "--teacher", digits, "--student", digits, "--calibration", digit_images, "--epochs", "1",
                 "--checkpoint", checkpoint.string(), "-o", output.string()});
  for (const std::vector<std::string>& more :
       std::vector<std::vector<std::string>>{{"--temperature", "2"},
                                             {"--seed", "2"},
                                             {"--held-out", "0.3"},
                                             {"--labels", digit_labels, "--label-share", "0"},
                                             {"--no-augmentation"}}) {
    std::vector<std::string> other = kept;
    other.insert(other.end(), more.begin(), more.end());
    check_refused(distillation(output, other));
  }
  std::vector<std::string> other_rows = distillation(output, kept);
  std::ranges::replace(other_rows, std::string("0:250"), std::string("250:500"));
  check_refused(other_rows);
}

TEST_CASE("what cannot be written is said before anything is learned", "[distill]") {
  const fs::path nowhere = fresh("no-folder") / "file", output = fresh("kept.onnx");
  for (const std::vector<std::string>& arguments :
       {distillation(nowhere, {"--epochs", "100000"}),
        distillation(output, {"--epochs", "100000", "--checkpoint", nowhere.string()}),
        distillation("tests", {"--epochs", "100000"})}) {
    const auto result = mote_process(arguments);
    CHECK(result.status == 2);
    CHECK_THAT(result.standard_error, Contains("E0503") && !Contains(".part"));
  }
  CHECK_FALSE(fs::exists(output));
}

TEST_CASE("features are not asked for together with levels", "[distill]") {
  const auto result =
      mote_process({"distill", "--teacher", digits, "--student", digits, "--quantize", "int8", "--features", "5",
                    "--calibration", digit_images, "-o", fresh("features_int8.onnx").string()});
  CHECK(result.status == 2);
  CHECK_THAT(result.standard_error, Contains("--features"));
}

TEST_CASE("labels beyond the student's classes are refused", "[distill]") {
  const fs::path output = fresh("wrong-labels.onnx"), csv = fresh("labels.csv");
  std::ofstream file(csv);
  for (int row = 0; row < 250; ++row) file << "12\n";
  file.close();
  const auto result = mote_process(distillation(output, {"--labels", csv.string()}));
  CHECK(result.status == 2);
  CHECK_THAT(result.standard_error, Contains("label 12 is beyond the student's 10 scores"));
  CHECK_FALSE(fs::exists(output));
}
