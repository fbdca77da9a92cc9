#include <array>

#include "tools/command.hpp"

namespace mote {

Command add_compile(CLI::App& root);
Command add_inspect(CLI::App& root);
Command add_prune(CLI::App& root);
Command add_quantize(CLI::App& root);
Command add_run(CLI::App& root);
Command add_diagnose(CLI::App& root);
Command add_opt(CLI::App& root);
Command add_distill(CLI::App& root);
Command add_eval(CLI::App& root);
Command add_fit(CLI::App& root);
Command add_verify(CLI::App& root);
Command add_list(CLI::App& root);
Command add_explain(CLI::App& root);
Command add_completion(CLI::App& root);

std::span<const AddCommand> all_commands() {
  static constexpr std::array commands{add_compile, add_diagnose, add_distill, add_fit, add_inspect, add_prune, add_quantize,
                                       add_run, add_opt, add_eval, add_verify, add_list, add_explain, add_completion};
  return commands;
}

}  // namespace mote
