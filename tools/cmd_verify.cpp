// mote verify out/
#include <memory>

#include "tools/command.hpp"
#include "tools/drop_check.hpp"

namespace mote {
namespace {

struct Options {
  std::string folder{};
  std::vector<std::string> boards{};
  bool hashes_only = false;
};

std::string_view word(CheckOutcome::State state) {
  switch (state) {
    case CheckOutcome::State::passed: return "passed";
    case CheckOutcome::State::failed: return "FAILED";
    case CheckOutcome::State::skipped: break;
  }
  return "skipped";
}

std::vector<CheckOutcome> checks(const Options& options, const DropManifest& manifest) {
  std::vector<CheckOutcome> outcomes{check_hashes(options.folder)};
  // A changed drop is not built: its numbers would say nothing about the one that mote wrote.
  if (options.hashes_only || outcomes.front().state == CheckOutcome::State::failed) return outcomes;
  outcomes.push_back(check_on_host(options.folder, manifest));
  std::vector<std::string> targets = options.boards;
  if (targets.empty() && manifest.target != "host") targets.push_back(manifest.target);
  for (const std::string& target : targets) outcomes.push_back(check_on_board(manifest, target));
  return outcomes;
}

Result<Report> run(const Options& options) {
  MOTE_TRY(const DropManifest manifest, read_manifest(options.folder));
  Report report;
  report.json = {{"name", manifest.name}, {"checks", Json::array()}};
  for (const CheckOutcome& outcome : checks(options, manifest)) {
    report.text += outcome.name + ": " + std::string(word(outcome.state)) + ": " + outcome.detail +
                   (outcome.detail.ends_with('\n') ? "" : "\n");
    report.json["checks"].push_back({{"name", outcome.name}, {"state", word(outcome.state)}, {"detail", outcome.detail}});
    if (outcome.state != CheckOutcome::State::failed) continue;
    report.exit = ExitCode::verification_failed;
    report.notes.push_back({.code = outcome.code,
                            .message = "check '" + outcome.name + "' failed",
                            .where = {.file = options.folder, .node = {}, .op_type = {}, .value = {}}});
  }
  return report;
}

}  // namespace

Command add_verify(CLI::App& root) {
  const auto options = std::make_shared<Options>();
  CLI::App* app = root.add_subcommand("verify", "prove a drop: hashes, host build, emulated target, vectors");
  app->add_option("drop", options->folder, "the folder that `mote compile` wrote")->required();
  app->add_option("--on", options->boards, "targets to emulate instead of the drop's own (repeatable)");
  app->add_flag("--hashes-only", options->hashes_only, "only compare the files with the manifest");
  return {app, [options] { return run(*options); }};
}

}  // namespace mote
