// mote eval on the bundled sample: 496 of 500 right, misread rows 79, 318, 338 and 363 (samples/digits/README.md).
#include <filesystem>
#include <fstream>

#include "tests/cli/mote_process.hpp"

using namespace mote::test;
using Catch::Contains;

namespace {

const std::string folder = "samples/digits/";

std::vector<std::string> eval(std::vector<std::string> more) {
  std::vector<std::string> arguments{"eval", folder + "digits.onnx", "--data", folder + "digits_test_images.npy"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

const std::string labels = folder + "digits_test_labels.npy";

std::string scratch(const std::string& name, const std::string& text) {
  const std::string path = std::string(MOTE_SCRATCH) + "/" + name;
  std::ofstream(path) << text;
  return path;
}

}  // namespace

TEST_CASE("float model and compiled drop are as accurate as the sample says, and agree") {
  const auto json = mote_json(eval({"--labels", labels}))["result"];
  REQUIRE(json["candidates"].size() == 2);
  for (const auto& candidate : json["candidates"]) {
    CHECK(candidate["metrics"]["accuracy"]["value"] == 0.992);
    CHECK(candidate["metrics"]["accuracy"]["low"].get<double>() == Approx(0.9796).margin(1e-4));
    CHECK(candidate["metrics"]["roc_auc"]["value"] > 0.999);
    CHECK(candidate["flips"].empty());
  }
  CHECK(json["candidates"][1]["against_reference"]["agreement"]["value"] == 1);
  CHECK(json["candidates"][1]["against_reference"]["rmse_to_float"]["value"] < 1e-6);
  CHECK(json["data_sha256"].get<std::string>().size() == 64);
}

TEST_CASE("an existing drop is measured, on some rows") {
  const std::string drop = std::string(MOTE_SCRATCH) + "/evaluated";
  std::filesystem::remove_all(drop);
  REQUIRE(mote_process({"compile", folder + "digits.onnx", "--target", "nucleo-l4r5zi", "-o", drop}).status == 0);
  const auto json = mote_json(eval({"--labels", labels, "--drop", drop, "--rows", "300:400"}))["result"];
  CHECK(json["samples"] == 100);
  CHECK(json["candidates"][1]["name"] == drop);
  CHECK(json["candidates"][1]["metrics"]["accuracy"]["value"] == 0.97);
}

TEST_CASE("the text has a table, the classes and the confidence") {
  const auto result = mote_process(eval({"--labels", labels, "--no-drop"}));
  CHECK(result.status == 0);
  CHECK_THAT(result.standard_output, Contains("500 samples") && Contains("0.992 [0.9796, 0.9969]") && Contains("precision"));
}

TEST_CASE("gates that are not met give exit code 4 and name found and demanded, after the full report") {
  const auto failed = mote_process(eval({"--labels", labels, "--min", "accuracy=0.995", "--max-drop", "0.005"}));
  CHECK(failed.status == 4);
  CHECK_THAT(failed.standard_error, Contains("E0407") && Contains("accuracy is 0.992") && Contains("at least 0.995"));
  CHECK_THAT(failed.standard_output, Contains("accuracy"));
  CHECK(mote_process(eval({"--labels", labels, "--min", "accuracy=0.99", "--max-drop", "0.005"})).status == 0);
}

TEST_CASE("slices and labels come from CSV files") {
  std::string meta = "writer,tool\n", truth = "digit\n";
  for (int i = 0; i < 400; ++i) meta += i >= 300 ? "late,pen\n" : "early,pencil\n", truth += "1\n";
  const auto json = mote_json(eval({"--rows", ":400", "--labels", labels, "--slices", scratch("meta.csv", meta), "--slice-by", "writer", "--no-drop"}));
  const auto slices = json["result"]["candidates"][0]["slices"];
  REQUIRE(slices.size() == 2);
  CHECK(slices[1]["value"] == "late");
  CHECK(slices[1]["samples"] == 100);
  CHECK(slices[1]["metrics"]["accuracy"]["value"] == 0.97);
  const auto ones = mote_json(eval({"--rows", ":400", "--labels", scratch("ones.csv", truth), "--no-drop"}));
  CHECK(ones["result"]["candidates"][0]["metrics"]["accuracy"]["value"] < 0.2);
}

TEST_CASE("preprocessing comes from mote.toml and changes what the model sees") {
  const std::string config = scratch("eval.toml", "[input.image]\nscale = 0.0\n");
  std::vector<std::string> arguments{"--config", config};
  const auto all = eval({"--labels", labels, "--no-drop"});
  arguments.insert(arguments.end(), all.begin(), all.end());
  const auto blank = mote_json(arguments);
  CHECK(blank["result"]["candidates"][0]["metrics"]["accuracy"]["value"] < 0.2);
  std::string notes;
  for (const auto& note : blank["diagnostics"]) notes += note["message"].get<std::string>();
  CHECK_THAT(notes, Contains("every value is 0"));
  scratch("eval.toml", "[input.picture]\nscale = 0.0\n");
  CHECK_THAT(mote_process(arguments).standard_error, Contains("input.\"picture\"") && Contains("line 1"));
}

TEST_CASE("data that does not fit is refused with its file, exit code 2") {
  const auto shape = mote_process({"eval", folder + "digits.onnx", "--data", folder + "digits_expected.npy"});
  CHECK(shape.status == 2);
  CHECK_THAT(shape.standard_error, Contains("digits_expected.npy") && Contains("E0508") && Contains("1x1x8x8"));
  const auto count = mote_process(eval({"--rows", ":10", "--labels", scratch("few.csv", "1\n2\n")}));
  CHECK(count.status == 2);
  CHECK_THAT(count.standard_error, Contains("few.csv") && Contains("2 rows"));
  CHECK(mote_process(eval({"--labels", labels, "--min", "accuracies=1", "--no-drop"})).status == 2);
}

TEST_CASE("without labels the drop is compared with the float model alone") {
  const auto result = mote_process(eval({}));
  CHECK(result.status == 0);
  CHECK_THAT(result.standard_output, Contains("agreement") && Contains("cosine") && !Contains("accuracy"));
}
