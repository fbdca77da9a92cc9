// The bundled sample's network made smaller, from the command line.
#include <filesystem>

#include "tests/cli/digits_drop.hpp"

using namespace mote;
using namespace mote::test;
using Catch::Contains;
namespace fs = std::filesystem;

namespace {

std::vector<std::string> pruning(const fs::path& output, const std::string& macs) {
  return {"prune", digits, "--calibration", digit_images, "--rows", "0:250", "--macs", macs, "-o", output.string()};
}

}  // namespace

TEST_CASE("a pruned network is a model with less work and nearly the same answers", "[prune]") {
  const fs::path smaller = fresh("smaller.onnx"), again = fresh("smaller_again.onnx");
  const auto report = mote_json(pruning(smaller, "0.6"));
  const auto macs = report["result"]["macs"];
  CHECK(macs[1].get<double>() <= 0.6 * macs[0].get<double>());
  CHECK(accuracy_of(smaller) >= 0.93);
  REQUIRE(mote_process(pruning(again, "0.6")).status == 0);
  CHECK(contents(smaller) == contents(again));
}

TEST_CASE("pruning asks for a share that leaves something", "[prune]") {
  const auto result = mote_process(pruning(fresh("nothing.onnx"), "0"));
  CHECK(result.status == 2);
  CHECK_THAT(result.standard_error, Contains("--macs"));
}

TEST_CASE("compiling can prune first", "[prune]") {
  const fs::path output = fresh("pruned_drop");
  const std::vector<std::string> options{"compile",       digits,       "--calibration", std::string(digit_images) + "[0:250]",
                                         "--quantize",    "int8",       "--prune",       "0.5",
                                         "-o",            output.string()};
  const auto whole = mote_json({"inspect", digits});
  const auto report = mote_json(options);
  CHECK(report["result"]["macs"].get<double>() <= 0.5 * whole["result"]["macs"].get<double>());
  CHECK_THAT(contents(output / "manifest.json"), Contains("\"prune\": \"0.5\""));
}

TEST_CASE("a drop names the samples that real numbers were pruned by", "[prune]") {
  const fs::path output = fresh("pruned_real_drop");
  const std::string samples = std::string(digit_images) + "[0:250]";
  REQUIRE(mote_process({"compile", digits, "--calibration", samples, "--prune", "0.5", "-o", output.string()}).status == 0);
  CHECK_THAT(contents(output / "manifest.json"), Contains("\"calibration_samples\": \"250\"") && Contains("calibration_sha256"));
}

TEST_CASE("evaluating puts the pruned network beside the whole one", "[prune]") {
  const auto report = mote_json({"eval", digits, "--data", digit_images, "--labels", digit_labels, "--rows", "250:500",
                                 "--calibration", std::string(digit_images) + "[0:250]", "--prune", "0.35", "--no-drop"});
  const auto results = report["result"]["candidates"];
  REQUIRE(results.size() == 2);
  CHECK(results[1]["name"] == "pruned");
  CHECK(results[1]["metrics"]["accuracy"]["value"] >= 0.93);
  CHECK(results[1]["metrics"]["accuracy"]["value"] != results[0]["metrics"]["accuracy"]["value"]);
}

TEST_CASE("what was pruned can learn from the model before it is compiled or judged", "[prune]") {
  const auto accuracy = [](std::vector<std::string> more) {
    std::vector<std::string> options{
        "eval",       digits,   "--data",   digit_images,    "--labels",
        digit_labels, "--rows", "250:500",  "--calibration", std::string(digit_images) + "[0:250]",
        "--prune",    "0.2",    "--no-drop"};
    options.insert(options.end(), more.begin(), more.end());
    return mote_json(options)["result"]["candidates"][1]["metrics"]["accuracy"]["value"].get<double>();
  };
  CHECK(accuracy({"--distill", "30"}) > accuracy({}));
  const fs::path output = fresh("recovered_drop");
  const auto result = mote_process({"compile", digits, "--calibration", std::string(digit_images) + "[0:250]", "--quantize",
                                    "int8", "--prune", "0.5", "--distill", "2", "-o", output.string()});
  INFO(result.standard_error);
  REQUIRE(result.status == 0);
  CHECK_THAT(contents(output / "manifest.json"), Contains("\"distill\": \"2\""));
}

TEST_CASE("only what was pruned is trained on the way to code", "[prune]") {
  const auto result = mote_process({"compile", digits, "--calibration", digit_images, "--quantize", "int8", "--distill", "2",
                                    "-o", fresh("not_pruned").string()});
  CHECK(result.status == 2);
  CHECK_THAT(result.standard_error, Contains("--prune"));
}

TEST_CASE("pruning needs samples", "[prune]") {
  const auto result = mote_process({"compile", digits, "--prune", "0.5", "-o", fresh("no_samples").string()});
  CHECK(result.status == 2);
  CHECK_THAT(result.standard_error, Contains("--calibration"));
}

TEST_CASE("weights become 0, stay 0 while they learn, and are left out of the drop", "[prune]") {
  const fs::path sparse = fresh("sparse.onnx"), taught = fresh("sparse_taught.onnx"), drop = fresh("sparse_drop");
  const auto report = mote_json({"prune", digits, "--calibration", digit_images, "--rows", "0:250", "--sparsity", "0.6",
                                 "-o", sparse.string()});
  const auto zeros = report["result"]["zeros"];
  CHECK(zeros["zeros"].get<double>() == Approx(0.6 * zeros["weights"].get<double>()).epsilon(0.05));
  CHECK(report["result"]["macs"][0] == report["result"]["macs"][1]);
  REQUIRE(mote_process({"distill", "--teacher", digits, "--student", sparse.string(), "--calibration", digit_images,
                        "--rows", "0:250", "--epochs", "3", "-o", taught.string()})
              .status == 0);
  CHECK(accuracy_of(taught) >= 0.93);
  const auto compiled =
      mote_json({"compile", taught.string(), "--target", "stm32f091rc", "--quantize", "int8", "--calibration",
                 std::string(digit_images) + "[0:250]", "--optimize", "speed", "-o", drop.string()});
  CHECK_THAT(contents(drop / "src" / "sparse_taught_network.cpp"), Contains("_sparse<int8_t"));
  CHECK_THAT(contents(drop / "manifest.json"), Contains("\"left_out\": true"));
  const auto inspected = mote_json({"inspect", taught.string()})["result"]["layers_with_zeros"];
  REQUIRE(!inspected.empty());
  CHECK(8 * inspected[0]["zeros"].get<int>() >= inspected[0]["weights"].get<int>());
}

TEST_CASE("a core that multiplies pairs gets its weights of 0 in the blocks of its kernel", "[prune]") {
  const fs::path by_target = fresh("by_target.onnx"), by_block = fresh("by_block.onnx"), drop = fresh("quads_drop");
  const auto thinning = [](const fs::path& output, const std::string& option, const std::string& value) {
    return std::vector<std::string>{"prune",      digits, "--calibration", digit_images, "--rows", "0:250",
                                    "--sparsity", "0.6",  option,          value,        "-o",     output.string()};
  };
  REQUIRE(mote_process(thinning(by_target, "--target", "stm32l4r5zi")).status == 0);
  REQUIRE(mote_process(thinning(by_block, "--block", "1x4")).status == 0);
  CHECK(contents(by_target) == contents(by_block));
  const auto compiled = mote_process({"compile", by_block.string(), "--target", "stm32l4r5zi", "--quantize", "int8",
                                      "--calibration", std::string(digit_images) + "[0:250]", "-o", drop.string()});
  INFO(compiled.standard_error);
  REQUIRE(compiled.status == 0);
  CHECK_THAT(contents(drop / "src" / "by_block_network.cpp"), Contains("_sparse_quads<int8_t"));
  CHECK(mote_process(thinning(fresh("odd_block.onnx"), "--block", "3x4")).status == 2);
}
