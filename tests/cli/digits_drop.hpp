#pragma once
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/cli/mote_process.hpp"

// Drops of the bundled sample, compiled as a user would.
namespace mote::test {

inline const std::string digits = "samples/digits/digits.onnx";

inline const std::string digit_images = "samples/digits/digits_test_images.npy",
                         digit_labels = "samples/digits/digits_test_labels.npy";

// Of a float model on the sample's digits 250 to 499.
inline double accuracy_of(const std::filesystem::path& model) {
  const auto report = mote_json(
      {"eval", model.string(), "--data", digit_images, "--rows", "250:500", "--labels", digit_labels, "--no-drop"});
  return report["result"]["candidates"][0]["metrics"]["accuracy"]["value"];
}

// A path in the scratch folder at which nothing is.
inline std::filesystem::path fresh(const std::string& name) {
  const std::filesystem::path path = std::filesystem::path(MOTE_SCRATCH) / name;
  std::filesystem::remove_all(path);
  return path;
}

inline std::filesystem::path compiled(const std::string& name, const std::vector<std::string>& more = {}) {
  const std::filesystem::path folder = fresh(name);
  std::vector<std::string> arguments{"compile", digits, "-o", folder.string()};
  arguments.insert(arguments.end(), more.begin(), more.end());
  const auto result = mote_process(arguments);
  INFO(result.standard_error);
  REQUIRE(result.status == 0);
  return folder;
}

inline std::string contents(const std::filesystem::path& file) {
  std::ostringstream text;
  text << std::ifstream(file, std::ios::binary).rdbuf();
  return text.str();
}

}  // namespace mote::test
