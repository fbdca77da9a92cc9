// mote fit on the bundled sample: a recipe that compile reproduces bit for bit, or what stands in the way.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>

#include "tests/cli/fit_run.hpp"

using namespace mote::test;
using Catch::Contains;
namespace fs = std::filesystem;

namespace {

const std::string &images = digit_images, &labels = digit_labels;

}  // namespace

TEST_CASE("what fits as it is keeps its channels, and the recipe compiles to what was measured", "[fit]") {
  const fs::path output = fresh("fit-whole");
  const auto json = mote_json(fit(output, {"--data", images, "--rows", "250:500", "--labels", labels}));
  REQUIRE(json["exit_code"] == 0);
  const auto& network = json["result"]["networks"][json["result"]["solution"].get<std::size_t>()];
  CHECK(network["metrics"]["accuracy"] >= 0.98);
  CHECK_FALSE(fs::exists(output / "fitted.onnx"));
  const auto manifest = manifest_of_recipe(output, "fit-whole-drop");
  CHECK(manifest["memory"]["arena_bytes"] == network["ram_bytes"]);
  CHECK(manifest["memory"]["weights_bytes"] == network["flash_bytes"]);
  check_sources(json, manifest);
}

TEST_CASE("what is too large loses channels until it fits, and the changed model stands beside the recipe", "[fit]") {
  const fs::path output = fresh("fit-small");
  const auto json = mote_json(fit(output, {"--ram", "400", "--flash", "2500", "--min", "accuracy=0.9", "--data", images,
                                           "--rows", "250:500", "--labels", labels}));
  REQUIRE(json["exit_code"] == 0);
  const auto& networks = json["result"]["networks"];
  const auto& network = networks[json["result"]["solution"].get<std::size_t>()];
  CHECK(network["ram_bytes"] <= 400);
  CHECK(network["flash_bytes"] <= 2500);
  CHECK(network["metrics"]["accuracy"] >= 0.9);
  CHECK(networks[0]["fits"] == false);
  REQUIRE(fs::exists(output / "fitted.onnx"));
  const auto manifest = manifest_of_recipe(output, "fit-small-drop");
  CHECK(manifest["memory"]["arena_bytes"] == network["ram_bytes"]);
  CHECK(manifest["name"] == "digits");
  check_sources(json, manifest);
}

TEST_CASE("the same request gives the same recipe", "[fit]") {
  const fs::path first = fresh("fit-first"), second = fresh("fit-second");
  const auto one = mote_json(fit(first, {"--ram", "400"})), other = mote_json(fit(second, {"--ram", "400"}));
  REQUIRE(one["exit_code"] == 0);
  CHECK(one["result"]["networks"] == other["result"]["networks"]);
  CHECK(one["result"]["solution"] == other["result"]["solution"]);
  REQUIRE(fs::exists(first / "fitted.onnx"));
  CHECK(contents(first / "fitted.onnx") == contents(second / "fitted.onnx"));
}

TEST_CASE("what cannot fit is refused with the limit to move and by how much, and nothing is written", "[fit]") {
  const fs::path output = fresh("fit-impossible");
  const auto result = mote_process(fit(output, {"--ram", "64"}));
  CHECK(result.status == 3);
  CHECK_THAT(result.standard_error,
             Contains("E0301") && Contains("allowed are 64") && Contains("is the least that can be reached"));
  CHECK_FALSE(fs::exists(output));
}

TEST_CASE("where real inputs take the memory that is short, what integers of the caller's would save is said",
          "[fit]") {
  const fs::path model = fresh("fit-interface.mir");
  std::ofstream(model) << R"(graph ""
input %x : f32[1x8x8x1]
constant @w : f32[8x8x1x16] = random 1
constant @v : f32[16x4] = random 2
%h = Conv2d(%x, @w) {group=1, low=0.0} : f32[1x1x1x16]
%f = Reshape(%h) {shape=[1,16]} : f32[1x16]
%y = Dense(%f, @v) : f32[1x4]
output %y
)";
  const auto fitted = [&](const std::vector<std::string>& more) {
    return mote_process(fit(fresh("fit-interface"), more, model.string()));
  };
  const std::string refused = fitted({"--ram", "2"}).standard_error;
  const std::string option = "with --io int8, inputs and outputs in buffers of the caller's, --ram ";
  INFO(refused);
  const std::size_t place = refused.find(option);
  REQUIRE(place != std::string::npos);
  const int least = std::stoi(refused.substr(place + option.size()));
  CHECK(least > 2);
  CHECK(least < 64);  // elements of the input
  CHECK(fitted({"--ram", std::to_string(least), "--io", "int8"}).status == 0);
  const auto less = fitted({"--ram", std::to_string(least - 1), "--io", "int8"});
  CHECK(less.status == 3);
  CHECK_THAT(less.standard_error, !Contains(option));
}

TEST_CASE("a gate that only a larger network meets is refused with the nearest that does", "[fit]") {
  const fs::path output = fresh("fit-gate");
  const auto result = mote_process(fit(output, {"--flash", "1700", "--min", "accuracy=0.985", "--data", images,
                                                "--rows", "250:500", "--labels", labels}));
  CHECK(result.status == 4);
  CHECK_THAT(result.standard_error, Contains("E0407") && Contains("--flash") && Contains("more)"));
  CHECK_FALSE(fs::exists(output));
}

TEST_CASE("where the new model cannot be written, an earlier recipe stays as it was", "[fit]") {
  const fs::path output = fresh("fit-unwritable");
  REQUIRE(mote_process(fit(output, {})).status == 0);
  const std::string earlier = contents(output / "mote.toml");
  fs::create_directories(output / "fitted.onnx" / "a");  // a folder is in the way of the model
  const auto result = mote_process(fit(output, {"--ram", "400"}));
  CHECK(result.status == 2);
  CHECK_THAT(result.standard_error, Contains("fitted.onnx: "));
  CHECK(contents(output / "mote.toml") == earlier);
  CHECK(std::distance(fs::directory_iterator(output), fs::directory_iterator{}) == 2);  // nothing half written
}

TEST_CASE("no network is tried twice", "[fit]") {
  const auto json = mote_json(fit(fresh("fit-once"), {"--flash", "1700", "--min", "accuracy=0.985", "--data", images,
                                                      "--rows", "250:500", "--labels", labels}));
  std::set<std::string> tried;
  for (const auto& network : json["result"]["networks"]) {
    INFO(network.dump());
    CHECK(tried.insert(network.dump()).second);
  }
  CHECK(tried.size() > 3);  // the model, those that contend, and what is nearest
}

TEST_CASE("what mote fit has not written is not replaced, and that is said before the search", "[fit]") {
  const fs::path output = fresh("fit-occupied");
  fs::create_directories(output);
  std::ofstream(output / "mote.toml") << "[eval]\n";
  const auto result = mote_process(fit(output, {}));
  CHECK(result.status == 2);
  CHECK_THAT(result.standard_error, Contains("mote.toml") && Contains("not written by mote fit"));
  CHECK(contents(output / "mote.toml") == "[eval]\n");
}

TEST_CASE("a recipe may be written again in place of an earlier one, without what only that one needed", "[fit]") {
  const fs::path output = fresh("fit-again");
  REQUIRE(mote_process(fit(output, {"--ram", "400"})).status == 0);
  REQUIRE(fs::exists(output / "fitted.onnx"));
  REQUIRE(mote_process(fit(output, {})).status == 0);
  CHECK_FALSE(fs::exists(output / "fitted.onnx"));
}

TEST_CASE("paths that a recipe cannot hold and rows of no data are refused", "[fit]") {
  const auto odd = mote_process(fit(fresh("fit-odd") / "c#", {}));
  CHECK(odd.status == 2);
  CHECK_THAT(odd.standard_error, Contains("which a recipe cannot hold"));
  const auto target = mote_process(
      {"fit", digits, "--target", "my#part.toml", "--calibration", images, "-o", fresh("fit-odd").string()});
  CHECK(target.status == 2);
  CHECK_THAT(target.standard_error, Contains("'my#part.toml'") && Contains("which a recipe cannot hold"));
  const auto rows = mote_process(fit(fresh("fit-rows"), {"--rows", "0:250"}));
  CHECK(rows.status == 2);
  CHECK_THAT(rows.standard_error, Contains("--data"));
}

TEST_CASE("trees, which have no channels, fit as branches or, where these are too many, as tables", "[fit]") {
  const std::string model = "samples/screening/screening.onnx", rows = "samples/screening/screening_test_rows.npy";
  for (const std::int64_t flash : {200'000, 2'000}) {
    const fs::path output = fresh("fit-trees");
    const auto json = mote_json({"fit", model, "--target", "nucleo-l4r5zi", "--flash", std::to_string(flash),
                                 "--calibration", rows, "-o", output.string()});
    REQUIRE(json["exit_code"] == 0);
    const auto& network = json["result"]["networks"][json["result"]["solution"].get<std::size_t>()];
    CHECK(network["flash_bytes"] <= flash);
    CHECK((network["flash_bytes"] > 2'000) == (flash > 2'000));
    check_sources(json, manifest_of_recipe(output, "fit-trees-drop"));
  }
}

TEST_CASE("trees take cycles for every decision, fewer as branches than as tables", "[fit]") {
  const std::string model = "samples/screening/screening.onnx", rows = "samples/screening/screening_test_rows.npy";
  const auto with = [&](std::vector<std::string> more) {
    std::vector<std::string> arguments{"fit",           model, "--target", "nucleo-l4r5zi",
                                       "--calibration", rows,  "-o",       fresh("fit-tree-cycles").string()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return mote_json(arguments);
  };
  const auto branches = with({}), tables = with({"--flash", "2000"});
  const std::int64_t cycles = branches["result"]["networks"][0]["cycles"];
  CHECK(cycles > 100);
  CHECK(cycles < tables["result"]["networks"][0]["cycles"]);
  CHECK(with({"--max-cycles", std::to_string(cycles)})["exit_code"] == 0);
  CHECK(with({"--max-cycles", std::to_string(cycles - 1)})["exit_code"] == 4);
}

TEST_CASE("--integer-only refuses before the search what would run in floating point, and stays in the recipe",
          "[fit]") {
  const fs::path output = fresh("fit-integer-only");
  REQUIRE(mote_process(fit(output, {"--integer-only"})).status == 0);
  CHECK_THAT(contents(output / "mote.toml"), Contains("integer-only = true\n"));
  manifest_of_recipe(output, "fit-integer-only-drop");
  const fs::path model = fresh("fit-real.mir"), refused = fresh("fit-real");
  std::ofstream(model) << R"(graph ""
input %x : f32[1x8x8x1]
constant @w : f32[64x4] = random 1
constant @v : f32[64x4] = random 2
%f = Reshape(%x) {shape=[1,64]} : f32[1x64]
%h = Dense(%f, @w) : f32[1x4]
%g = Dense(%f, @v) : f32[1x4]
%y = Mod(%h, %g) {fmod=1} : f32[1x4]
output %y
)";
  const auto arguments = fit(refused, {}, model.string());
  REQUIRE(mote_process(arguments).status == 0);
  fs::remove_all(refused);
  auto strict = arguments;
  strict.push_back("--integer-only");
  const auto result = mote_process(strict);
  INFO(result.standard_error);
  CHECK(result.status == 1);
  CHECK_THAT(result.standard_error, Contains("E0213"));
  CHECK_FALSE(fs::exists(refused));
}

TEST_CASE("where flash is short, weights of 0 compete with fewer bits and fewer channels", "[fit]") {
  const auto json = mote_json(fit(fresh("fit-zeros"), {"--flash", "2500"}));
  REQUIRE(json["exit_code"] == 0);
  const auto& networks = json["result"]["networks"];
  const auto has_zeros = [](const nlohmann::json& network) {
    return network["network"].get<std::string>().find("of the weights 0") != std::string::npos;
  };
  const auto zeros = std::find_if(networks.begin(), networks.end(), has_zeros);
  REQUIRE(zeros != networks.end());
  CHECK((*zeros)["fits"] == true);
  CHECK((*zeros)["macs"] == networks[0]["macs"]);
  CHECK((*zeros)["cycles"] < networks[0]["cycles"]);
}

TEST_CASE("convolutions that are split for memory are in the model beside the recipe", "[fit]") {
  const fs::path output = fresh("fit-splits"), model = fresh("fit-splits.mir");
  std::ofstream(model) << R"(graph ""
input %x : f32[1x8x8x1]
constant @i : f32[3x3x1x16] = random 1
constant @u : f32[3x3x16x32] = random 2
constant @v : f32[3x3x32x32] = random 3
constant @s : f32[1x1x16x32] = random 4
constant @e : f32[32x4] = random 5
%a = Conv2d(%x, @i) {group=1, low=0.0, pads=[1,1,1,1]} : f32[1x8x8x16]
%c = Conv2d(%a, @u) {group=1, low=0.0, pads=[1,1,1,1], strides=[2,2]} : f32[1x4x4x32]
%d = Conv2d(%c, @v) {group=1, pads=[1,1,1,1]} : f32[1x4x4x32]
%t = Conv2d(%a, @s, _, %d) {group=1, low=0.0, strides=[2,2]} : f32[1x4x4x32]
%p = AveragePool2d(%t) {kernel=[4,4]} : f32[1x1x1x32]
%f = Reshape(%p) {shape=[1,32]} : f32[1x32]
%y = Dense(%f, @e) : f32[1x4]
output %y
)";
  const auto json = mote_json(fit(output, {"--ram", "1280"}, model.string()));
  REQUIRE(json["exit_code"] == 0);
  const auto& network = json["result"]["networks"][json["result"]["solution"].get<std::size_t>()];
  INFO(network.dump());
  CHECK_THAT(network["network"].get<std::string>(), Contains(" split"));
  CHECK(network["ram_bytes"] <= 1280);
  const auto manifest = manifest_of_recipe(output, "fit-splits-drop");
  CHECK(manifest["memory"]["arena_bytes"] == network["ram_bytes"]);
  check_sources(json, manifest);
}
