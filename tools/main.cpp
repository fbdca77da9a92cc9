// Parse, dispatch, print. The only place that talks to stdout and stderr, and the last resort for exceptions.
#include <CLI/CLI.hpp>
#include <iostream>

#include "lib/support/check.hpp"
#include "lib/support/log.hpp"
#include "lib/support/text.hpp"
#include "tools/command.hpp"

namespace mote {
namespace {

struct GlobalOptions {
  std::string format = "text";
  bool quiet = false, verbose = false;
};

Json to_json(const Diagnostic& diagnostic) {
  static constexpr std::array<const char*, 3> severities{"note", "warning", "error"};
  return {{"severity", severities[static_cast<std::size_t>(diagnostic.severity)]},
          {"code", code_name(diagnostic.code, diagnostic.severity)},
          {"message", diagnostic.message},
          {"file", diagnostic.where.file},
          {"node", diagnostic.where.node},
          {"operator", diagnostic.where.op_type},
          {"tensor", diagnostic.where.value},
          {"help", diagnostic.help}};
}

int finish(const GlobalOptions& options, Report report, const Diagnostics& problems) {
  ExitCode exit = report.exit;
  if (!problems.empty()) exit = exit_code(problems.front().code);
  Diagnostics all = report.notes;
  all.insert(all.end(), problems.begin(), problems.end());
  if (options.format == "json") {
    Json root{{"status", exit == ExitCode::ok ? "ok" : "failed"}, {"exit_code", static_cast<int>(exit)}};
    root["diagnostics"] = Json::array();
    for (const Diagnostic& diagnostic : all) root["diagnostics"].push_back(to_json(diagnostic));
    root["result"] = std::move(report.json);
    std::cout << root.dump(2, ' ', true, Json::error_handler_t::replace) << "\n";
  } else {
    for (const Diagnostic& diagnostic : all)
      if (!options.quiet || diagnostic.severity == Severity::error) std::cerr << render(diagnostic);
    std::cout << report.text;
  }
  std::cout.flush();
  return static_cast<int>(exit);
}

std::vector<std::string> known_words(const CLI::App& app) {
  std::vector<std::string> words;
  for (const CLI::Option* option : app.get_options())
    for (const std::string& name : option->get_lnames()) words.push_back("--" + name);
  for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; })) {
    words.push_back(sub->get_name());
    const auto more = known_words(*sub);
    words.insert(words.end(), more.begin(), more.end());
  }
  return words;
}

// CLI11's message, and the nearest right word for every argument that it did not know.
Diagnostic usage_problem(const CLI::App& app, const CLI::ParseError& error, int argc, char** argv) {
  Diagnostic problem{.code = Code::usage, .message = error.what()};
  const std::vector<std::string> words = known_words(app);
  for (int i = 1; i < argc; ++i) {
    const std::string word = std::string(argv[i]).substr(0, std::string(argv[i]).find('='));
    if (std::ranges::find(words, word) != words.end() || (i > 1 && !word.starts_with("-"))) continue;
    for (const std::string& candidate : nearest(word, words)) {
      problem.help.push_back("did you mean " + candidate + "?");
      break;
    }
  }
  if (problem.help.empty()) problem.help.push_back("mote --help, or mote <command> --help");
  return problem;
}

bool wants_json(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word == "--format=json") return true;
    if (word == "--format" && i + 1 < argc && std::string_view(argv[i + 1]) == "json") return true;
  }
  return false;
}

int run(int argc, char** argv) {
  GlobalOptions options;
  CLI::App app("Compiles a trained ONNX model to C++ for a microcontroller.", "mote");
  app.set_version_flag("--version", "mote " MOTE_VERSION);
  app.require_subcommand(1);
  app.fallthrough();
  app.set_config("--config", "", "read options from a TOML file, one table per command");
  app.add_option("--format", options.format, "text or json")->check(CLI::IsMember({"text", "json"}))->capture_default_str();
  app.add_flag("-q,--quiet", options.quiet, "only errors on stderr");
  app.add_flag("-v,--verbose", options.verbose, "say what is being done");
  std::vector<Command> commands;
  for (const AddCommand add : all_commands()) commands.push_back(add(app));

  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& success) {  // --help, --version
    return app.exit(success);
  } catch (const CLI::ParseError& error) {
    if (wants_json(argc, argv)) options.format = "json";
    return finish(options, {}, {usage_problem(app, error, argc, argv)});
  }
  set_log_level(options.quiet ? LogLevel::quiet : options.verbose ? LogLevel::verbose : LogLevel::normal);

  for (const Command& command : commands) {
    if (!command.app->parsed()) continue;
    Result<Report> result = command.run();
    if (!result) return finish(options, {}, result.errors());
    return finish(options, *std::move(result), {});
  }
  return static_cast<int>(ExitCode::usage);
}

}  // namespace
}  // namespace mote

int main(int argc, char** argv) {
  const auto defect = [](const std::string& what) {
    std::cerr << mote::render({.code = mote::Code::internal, .message = what, .help = {"please report it with the model"}});
    return static_cast<int>(mote::ExitCode::internal);
  };
  try {
    return mote::run(argc, argv);
  } catch (const std::bad_alloc&) {
    return defect("out of memory");
  } catch (const std::exception& error) {
    return defect(error.what());
  }
}
