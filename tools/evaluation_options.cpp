#include "tools/evaluation_options.hpp"

#include <algorithm>

namespace mote {
namespace {

Result<std::size_t> output_index(const Graph& graph, const std::string& name) {
  std::vector<std::string> names;
  for (const ValueId id : graph.outputs) names.push_back(graph.at(id).name);
  if (name.empty()) return std::size_t{0};
  const auto found = std::ranges::find(names, name);
  if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
  std::string list;
  for (const std::string& one : names) list += (list.empty() ? "" : ", ") + one;
  return Diagnostic{.code = Code::unknown_name, .message = "the model has no output '" + name + "'", .help = {"its outputs are: " + list}};
}

// Without labels: a vector of at most a thousand scores that is not a copy of the input (an autoencoder's) is taken as
// classes.
bool looks_like_classes(const Graph& graph, std::size_t output) {
  const Shape& shape = graph.at(graph.outputs[output]).type.shape;
  const auto axes = std::ranges::count_if(shape.extents(), [](std::int64_t extent) { return extent != 1; });
  return axes == 1 && shape.elements() <= 1000 && shape.elements() != graph.at(graph.inputs[0]).type.shape.elements();
}

Task task_named(const std::string& name) {
  return name == "classification" ? Task::classification : name == "regression" ? Task::regression : Task::automatic;
}

}  // namespace

void add_evaluation_options(CLI::App& app, EvaluationChoices& choices, const std::string& output_option) {
  app.add_option("--labels", choices.labels, "a .npy or .csv: the class of each sample, or the numbers to predict; [100:500] behind it takes some rows");
  app.add_option("--task", choices.task, "what the labels are")
      ->check(CLI::IsMember({"auto", "classification", "regression"}))
      ->capture_default_str();
  app.add_option(output_option, choices.output, "the output that is judged (default: the first)");
  app.add_option("--top-k", choices.top_k, "also count answers among the k largest scores")->capture_default_str()->check(CLI::Range(1, 1000));
}

Result<EvaluationOptions> evaluation_options(const EvaluationChoices& choices, const DataSet& set, const Graph& graph) {
  EvaluationOptions evaluation{.top_k = choices.top_k};
  MOTE_TRY(evaluation.output, output_index(graph, choices.output));
  const Task task = task_named(choices.task);
  evaluation.classes = task == Task::classification || (task == Task::automatic && looks_like_classes(graph, evaluation.output));
  if (!choices.labels.empty()) {
    MOTE_TRY(evaluation.labels, read_labels(choices.labels, set, task));
    evaluation.classes = evaluation.labels->task == Task::classification;
  }
  return evaluation;
}

}  // namespace mote
