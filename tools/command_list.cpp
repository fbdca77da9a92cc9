#include <array>

#include "tools/command.hpp"

namespace mote {

Command add_compile(CLI::App& root);
Command add_run(CLI::App& root);
Command add_list(CLI::App& root);
Command add_explain(CLI::App& root);

std::span<const AddCommand> all_commands() {
  static constexpr std::array commands{add_compile, add_run, add_list, add_explain};
  return commands;
}

}  // namespace mote
