#include "tests/cli/mote_process.hpp"

#include <fstream>

using namespace mote::test;
using Catch::Contains;

namespace {

const std::string digits = "samples/digits/digits.onnx";

}  // namespace

TEST_CASE("the version goes to stdout") {
  const auto result = mote_process({"--version"});
  CHECK(result.status == 0);
  CHECK_THAT(result.standard_output, Contains("mote 0."));
}

TEST_CASE("a misspelt option or command gets the nearest right one suggested, exit code 2") {
  const auto option = mote_process({"compile", digits, "--taget", "host", "-o", "x"});
  CHECK(option.status == 2);
  CHECK_THAT(option.standard_error, Contains("did you mean --target?"));
  const auto command = mote_process({"compil", digits});
  CHECK(command.status == 2);
  CHECK_THAT(command.standard_error, Contains("did you mean compile?"));
}

TEST_CASE("a misspelt target gets the nearest right one suggested") {
  const auto result = mote_process({"inspect", digits, "--target", "stm32f411r"});
  CHECK(result.status == 2);
  CHECK_THAT(result.standard_error, Contains("stm32f411re"));
}

TEST_CASE("a missing model is named, exit code 2, nothing on stdout") {
  const auto result = mote_process({"inspect", "no-such-model.onnx"});
  CHECK(result.status == 2);
  CHECK_THAT(result.standard_error, Contains("no-such-model.onnx") && Contains("E0502"));
  CHECK(result.standard_output.empty());
}

TEST_CASE("explain knows every code that list shows") {
  for (const auto& code : mote_json({"list", "codes"})["result"]) {
    const auto result = mote_process({"explain", code["code"].get<std::string>()});
    CHECK(result.status == 0);
    CHECK_THAT(result.standard_output, Contains(code["title"].get<std::string>()));
  }
}

TEST_CASE("every list has entries in both formats") {
  for (const std::string what : {"ops", "targets", "passes", "codes"}) {
    CHECK_FALSE(mote_process({"list", what}).standard_output.empty());
    CHECK(mote_json({"list", what})["result"].size() > 5);
  }
  CHECK(mote_json({"list", "targets"})["result"].size() >= 25);
}

TEST_CASE("inspect shows operators, work, memory over time and where the model fits") {
  const auto result = mote_process({"inspect", digits, "--target", "atmega2560"});
  CHECK(result.status == 0);
  CHECK_THAT(result.standard_output, Contains("Conv*2") && Contains("live B") && Contains("atmega2560: fits"));
  const auto json = mote_json({"inspect", digits})["result"];
  CHECK(json["operators"]["Conv"] == 2);
  CHECK(json["timeline"].size() >= 4);
}

TEST_CASE("errors are structured in JSON") {
  const auto json = mote_json({"inspect", "no-such-model.onnx"});
  CHECK(json["exit_code"] == 2);
  CHECK(json["diagnostics"][0]["code"] == "E0502");
  CHECK(json["diagnostics"][0]["file"] == "no-such-model.onnx");
}

TEST_CASE("run computes the sample's scores") {
  const auto json = mote_json({"run", digits, "--random"});
  CHECK(json["result"]["outputs"][0]["name"] == "scores");
  CHECK(json["result"]["outputs"][0]["values"].size() == 10);
}

TEST_CASE("opt prints the graph, and what it prints can be read back") {
  const auto text = mote_process({"opt", digits, "--passes=all", "-o", MOTE_SCRATCH "/digits.mir"});
  CHECK(text.status == 0);
  const auto again = mote_process({"opt", MOTE_SCRATCH "/digits.mir"});
  CHECK(again.status == 0);
  CHECK_THAT(again.standard_output, Contains("Conv2d("));
}

TEST_CASE("passes keep their promises on the sample") {
  const auto result = mote_process({"opt", digits, "--passes=all", "--verify-each", "-o", MOTE_SCRATCH "/verified.mir"});
  CHECK(result.status == 0);
}

TEST_CASE("options come from a TOML file") {
  const auto config = std::string(MOTE_SCRATCH) + "/mote.toml";
  std::ofstream(config) << "[list]\nwhat = \"passes\"\n";
  const auto result = mote_process({"--config", config, "list"});
  CHECK(result.status == 0);
  CHECK_THAT(result.standard_output, Contains("dead-code"));
}

TEST_CASE("completion scripts name every command") {
  for (const std::string shell : {"bash", "zsh", "fish"})
    CHECK_THAT(mote_process({"completion", shell}).standard_output, Contains("compile") && Contains("verify"));
}

TEST_CASE("an output asked for by name that the model does not have is refused with the names it has") {
  const auto result = mote_process({"inspect", digits, "--outputs", "label"});
  CHECK(result.status == 2);
  CHECK_THAT(result.standard_error, Contains("no output 'label'") && Contains("'scores'"));
  CHECK(mote_process({"inspect", digits, "--outputs", "scores"}).status == 0);
}
