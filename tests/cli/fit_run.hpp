#pragma once
#include "tests/cli/digits_drop.hpp"

// mote fit on the images of the bundled sample, and what its recipe compiles to.
namespace mote::test {

// Another model takes images as the sample does.
inline std::vector<std::string> fit(const std::filesystem::path& output, std::vector<std::string> more,
                                    const std::string& model = digits) {
  std::vector<std::string> arguments{
      "fit", model, "--target", "nucleo-l4r5zi", "--calibration", digit_images + "[0:250]", "-o", output.string()};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

inline nlohmann::json manifest_of_recipe(const std::filesystem::path& recipe, const std::string& name) {
  const std::filesystem::path drop = fresh(name);
  const auto compiled = mote_process({"--config", (recipe / "mote.toml").string(), "compile", "-o", drop.string()});
  INFO(compiled.standard_error);
  REQUIRE(compiled.status == 0);
  return nlohmann::json::parse(contents(drop / "manifest.json"));
}

// Every source that fit foresaw is the one that compiling the recipe wrote.
inline void check_sources(const nlohmann::json& fitted, const nlohmann::json& manifest) {
  REQUIRE(fitted["result"]["sources"].size() >= 3);
  for (const auto& [path, hash] : fitted["result"]["sources"].items()) {
    INFO(path);
    CHECK(manifest["files"][path] == hash);
  }
}

}  // namespace mote::test
