// mote explain E0203
#include <charconv>
#include <memory>

#include "tools/command.hpp"

namespace mote {
namespace {

Result<Report> run(const std::string& wanted) {
  std::string_view digits = wanted;
  while (!digits.empty() && (digits.front() < '1' || digits.front() > '9')) digits.remove_prefix(1);
  int number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  for (const CodeInfo& code : all_codes()) {
    if (static_cast<int>(code.code) != number && code.identifier != wanted) continue;
    const std::string name = code_name(code.code);
    return Report{.text = name + " " + std::string(code.title) + "\n\n" + std::string(code.explanation) + "\n",
                  .json = {{"code", name},
                           {"identifier", code.identifier},
                           {"title", code.title},
                           {"explanation", code.explanation},
                           {"exit_code", static_cast<int>(exit_code(code.code))}}};
  }
  return Diagnostic{.code = Code::usage,
                    .message = "'" + wanted + "' is no diagnostic code",
                    .help = {"codes look like E0203; `mote list codes` shows all"}};
}

}  // namespace

Command add_explain(CLI::App& root) {
  const auto code = std::make_shared<std::string>();
  CLI::App* app = root.add_subcommand("explain", "say what a diagnostic code means");
  app->add_option("code", *code, "for example E0203")->required();
  return {app, [code] { return run(*code); }};
}

}  // namespace mote
