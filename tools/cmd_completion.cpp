// mote completion bash|zsh|fish
#include <memory>

#include "tools/command.hpp"

namespace mote {
namespace {

struct Words {
  std::vector<std::string> commands{};
  std::map<std::string, std::vector<std::string>> options{};  // by command; "" for those of mote itself
};

std::vector<std::string> long_options(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options())
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  return names;
}

Words words_of(const CLI::App& root) {
  Words words;
  words.options[""] = long_options(root);
  for (const CLI::App* command : root.get_subcommands([](const CLI::App*) { return true; })) {
    words.commands.push_back(command->get_name());
    words.options[command->get_name()] = long_options(*command);
  }
  return words;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

// zsh reads bash's form through bashcompinit.
std::string bash(const Words& words) {
  std::string text = "_mote() {\n  local current=${COMP_WORDS[COMP_CWORD]} known\n  case ${COMP_WORDS[1]} in\n";
  for (const std::string& command : words.commands)
    text += "    " + command + ") known='" + joined(words.options.at(command)) + " " + joined(words.options.at("")) + "' ;;\n";
  text += "    *) known='" + joined(words.commands) + " " + joined(words.options.at("")) + "' ;;\n  esac\n";
  return text + "  COMPREPLY=($(compgen -W \"$known\" -- \"$current\") $(compgen -f -- \"$current\"))\n}\ncomplete -F _mote mote\n";
}

std::string fish(const Words& words) {
  std::string text;
  for (const std::string& command : words.commands) {
    text += "complete -c mote -n __fish_use_subcommand -a " + command + "\n";
    for (const std::string& option : words.options.at(command))
      text += "complete -c mote -n '__fish_seen_subcommand_from " + command + "' -l " + option.substr(2) + "\n";
  }
  return text;
}

}  // namespace

Command add_completion(CLI::App& root) {
  const auto shell = std::make_shared<std::string>();
  CLI::App* app = root.add_subcommand("completion", "print a completion script: eval \"$(mote completion bash)\"");
  app->add_option("shell", *shell, "bash, zsh or fish")->required()->check(CLI::IsMember({"bash", "zsh", "fish"}));
  return {app, [shell, &root]() -> Result<Report> {
            const Words words = words_of(root);
            const std::string script = *shell == "fish" ? fish(words)
                                       : *shell == "zsh" ? "autoload -Uz bashcompinit && bashcompinit\n" + bash(words)
                                                         : bash(words);
            return Report{.text = script, .json = {{"shell", *shell}, {"script", script}}};
          }};
}

}  // namespace mote
