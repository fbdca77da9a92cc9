#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/cli/mote_process.hpp"

using namespace mote;
using namespace mote::test;

namespace {

std::string contents(const std::string& path) {
  std::ifstream file(path);
  REQUIRE(file);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string printed_by(const std::string& sample) {
  const auto result = run_process({"env", "MOTE=" MOTE_EXECUTABLE, "sh", "samples/run.sh", sample, MOTE_SCRATCH "/samples/" + sample});
  REQUIRE(result);
  INFO(result->standard_error);
  REQUIRE(result->status == 0);
  return result->standard_output;
}

}  // namespace

TEST_CASE("the screening sample's main loop says what scikit-learn says of the same rows, or abstains") {
  CHECK(printed_by("screening") == contents("samples/screening/examples_expected.txt"));
}

TEST_CASE("the bearing sample's main loop computes the features and names the faults that training expects") {
  CHECK(printed_by("bearing") == contents("samples/bearing/recording_expected.txt"));
}

TEST_CASE("inspect and eval say what a forest is made of") {
  const auto trees = mote_json({"inspect", "samples/screening/screening.onnx"})["result"]["trees"];
  REQUIRE(trees.size() == 1);
  CHECK(trees[0]["trees"] == 20);
  CHECK(trees[0]["flash_bytes"] > 0);
  CHECK(trees[0]["flash_bytes_per_node"].get<double>() ==
        Approx(trees[0]["flash_bytes"].get<double>() / trees[0]["nodes"].get<double>()).margin(0.051));
  CHECK(trees[0]["nodes"] == 548);  // what scikit-learn counts
  CHECK(trees[0]["decisions"] == (548 - 20) / 2);
  CHECK(trees[0]["leaves"] == (548 + 20) / 2);
  CHECK(trees[0]["depth"] == 6);
  int uses = 0;
  for (const auto& feature : trees[0]["features"]) uses += feature["decisions"].get<int>();
  CHECK(uses == (548 - 20) / 2);
  const std::vector<std::string> eval{"eval", "samples/screening/screening.onnx", "--no-drop", "--data", "samples/screening/screening_test_rows.npy",
                                      "--labels", "samples/screening/screening_test_labels.npy"};
  const auto evaluated = mote_json(eval)["result"];
  CHECK(evaluated["trees"][0]["features"] == trees[0]["features"]);
  CHECK(evaluated["class_names"] == std::vector<std::string>{"benign", "malignant"});
  CHECK_THAT(mote_process(eval).standard_output, Catch::Contains("\n  malignant "));
}

TEST_CASE("eval says what a forest takes of the flash in the drops that it measures") {
  const std::string drop = std::string(MOTE_SCRATCH) + "/forest";
  std::filesystem::remove_all(drop);
  REQUIRE(mote_process({"compile", "samples/screening/screening.onnx", "--target", "stm32f091rc", "--optimize", "size", "-o", drop}).status == 0);
  const auto manifest = nlohmann::json::parse(contents(drop + "/manifest.json"));
  const std::vector<std::string> eval{"eval", "samples/screening/screening.onnx", "--data", "samples/screening/screening_test_rows.npy", "--drop", drop};
  const auto measured = mote_json(eval)["result"]["drop_trees"][0];
  CHECK(measured["target"] == "stm32f091rc");
  CHECK(measured["form"] == "packed");
  CHECK(measured["flash_bytes"] == manifest["trees"][0]["flash_bytes"]);
  CHECK(measured["flash_bytes_per_node"] == manifest["trees"][0]["flash_bytes_per_node"]);
  CHECK_THAT(mote_process(eval).standard_output, Catch::Contains("for stm32f091rc: packed, ") && Catch::Contains(" B per node\n"));
}

TEST_CASE("a drop says in its README and manifest what its forest is made of and what it takes") {
  const std::string drop = std::string(MOTE_SCRATCH) + "/described";
  std::filesystem::remove_all(drop);
  REQUIRE(mote_process({"compile", "samples/screening/screening.onnx", "--target", "stm32f091rc", "--optimize", "speed", "-o", drop}).status == 0);
  const auto manifest = nlohmann::json::parse(contents(drop + "/manifest.json"));
  REQUIRE(manifest["trees"].size() == 1);
  CHECK(manifest["trees"][0]["nodes"] == 548);
  CHECK(manifest["trees"][0]["form"] == "branches");
  CHECK(manifest["trees"][0]["flash_bytes"] == manifest["memory"]["branch_code_bytes_estimated"].get<int>() + manifest["memory"]["weights_bytes"].get<int>());
  CHECK_THAT(contents(drop + "/README.md"), Catch::Contains("20 trees, 548 nodes (264 decisions, 284 leaves), depth 6") && Catch::Contains("branches of trees, estimated"));
}
