#pragma once
#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <vector>

#include "lib/import/onnx_import.hpp"
#include "lib/target/target.hpp"
#include "lib/target/target_catalog.hpp"

namespace mote {

// The options that every command taking a model shares.
struct ModelOptions {
  std::string model{};
  std::vector<std::string> shapes{};     // input=1,3,32,32
  std::vector<std::string> constants{};  // name=file.npy
  std::vector<std::string> outputs{};    // empty: all
  bool allow_external_data = false;
};
void add_model_options(CLI::App& app, ModelOptions& options);
// Reads an .onnx model, or a text form (.mir).
[[nodiscard]] Result<ImportedModel> load_model(const ModelOptions& options);

struct TargetOptions {
  std::string target = "host";
  std::string ram{}, flash{};  // "64k", "1M", "20480"
};
void add_target_options(CLI::App& app, TargetOptions& options);
[[nodiscard]] Result<Target> load_target(const TargetOptions& options);

}  // namespace mote
