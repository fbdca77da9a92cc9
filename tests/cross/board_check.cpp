#include "tests/cross/board_check.hpp"

#include <filesystem>

#include <catch2/catch.hpp>

#include "lib/import/onnx_import.hpp"
#include "lib/import/outputs.hpp"
#include "lib/target/target_catalog.hpp"
#include "tools/file_tree.hpp"

namespace mote::cross {

namespace fs = std::filesystem;

DropManifest written_drop(const std::string& model, const std::string& target_name, BuildOptions options,
                          const std::vector<std::string>& outputs) {
  INFO(model << " on " << target_name);
  const auto target = find_target(target_name);
  REQUIRE(target);
  auto imported = import_onnx(model);
  INFO((imported ? "" : render(imported.error())));
  REQUIRE(imported);
  if (!outputs.empty()) REQUIRE(keep_outputs(imported->graph, outputs));
  options.name = "network";
  const auto drop = build_drop(*imported, model, *target, options);
  INFO((drop ? "" : render(drop.error())));
  REQUIRE(drop);
  const fs::path folder = fs::path(MOTE_SCRATCH) / ("cross-" + fs::path(model).stem().string() + "-" + target_name);
  fs::remove_all(folder);
  REQUIRE(write_drop(drop->files, folder.string()));
  const auto manifest = read_manifest(folder);
  REQUIRE(manifest);
  return *manifest;
}

void check_on_target(const std::string& model, const std::string& target_name, const BuildOptions& options,
                     const std::vector<std::string>& outputs) {
  INFO(model << " on " << target_name);
  const CheckOutcome outcome = check_on_board(written_drop(model, target_name, options, outputs), target_name);
  INFO(outcome.detail);
  if (outcome.state == CheckOutcome::State::skipped) {
    WARN("SKIPPED: " << model << " on " << target_name << ": " << outcome.detail);
    return;
  }
  CHECK(outcome.state == CheckOutcome::State::passed);
}

}  // namespace mote::cross
