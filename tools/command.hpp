#pragma once
#include <CLI/CLI.hpp>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>

#include "lib/support/result.hpp"

namespace mote {

using Json = nlohmann::ordered_json;

// What a command has to say, in both forms; main prints the one that --format asks for.
struct Report {
  std::string text{};
  Json json = Json::object();
  Diagnostics notes{};                // to stderr, or into the JSON
  ExitCode exit = ExitCode::ok;       // verification may fail with a full report
};

// One subcommand: its options are bound to state that `run` owns. A command is one file cmd_<name>.cpp and one line in
// command_list.cpp.
struct Command {
  CLI::App* app = nullptr;
  std::function<Result<Report>()> run{};
};

using AddCommand = Command (*)(CLI::App& root);
[[nodiscard]] std::span<const AddCommand> all_commands();

}  // namespace mote
