#pragma once
#include <CLI/CLI.hpp>
#include <string>

#include "tools/evaluation.hpp"

namespace mote {

// How answers are judged: shared by the commands that measure networks on data.
struct EvaluationChoices {
  std::string labels{}, task = "auto", output{};
  std::int64_t top_k = 3;
};
// `output_option`: what chooses the output, for commands that write to --output.
void add_evaluation_options(CLI::App& app, EvaluationChoices& choices, const std::string& output_option = "--output");

// Without labels and with task "auto", the shape of the output says whether answers are classes. Errors: Code::unknown_name
// for an output that the model does not have, and what reading labels can say.
[[nodiscard]] Result<EvaluationOptions> evaluation_options(const EvaluationChoices& choices, const DataSet& set,
                                                           const Graph& graph);

}  // namespace mote
