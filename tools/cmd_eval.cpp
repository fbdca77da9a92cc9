// mote eval model.onnx --data x.npy --labels y.npy --drop out/ --min accuracy=0.9
#include <algorithm>
#include <memory>

#include "lib/data/summary.hpp"
#include "tools/build_drop.hpp"
#include "tools/class_names.hpp"
#include "tools/command.hpp"
#include "tools/data_options.hpp"
#include "tools/eval_gates.hpp"
#include "tools/eval_report.hpp"
#include "tools/evaluation_options.hpp"
#include "tools/file_tree.hpp"
#include "tools/model_options.hpp"
#include "tools/process.hpp"
#include "tools/pruning.hpp"
#include "tools/temporary_folder.hpp"
#include "tools/tree_report.hpp"

namespace mote {
namespace {

struct Options {
  ModelOptions model{};
  DataOptions data{};
  QuantizationOptions quantization{};
  GateOptions gates{};
  EvaluationChoices evaluation{};
  std::string slices{};
  std::vector<std::string> slice_by{}, drops{};
  bool no_drop = false, keep_structure = false;
};

// Without --drop the model is compiled for the host, so that emitted code is always among what is compared.
Result<Candidate> compiled_candidate(const ImportedModel& model, const Drop& drop) {
  MOTE_TRY(const TemporaryFolder folder, TemporaryFolder::make());
  const std::string path = (folder.path() / "drop").string();
  MOTE_TRY_STATUS(write_drop(drop.files, path));
  return drop_candidate("compiled", path, model.graph);
}

// `compiled`: the model as it is compiled, pruned if asked. `drop`: what was made of it here, if anything.
Result<std::vector<Candidate>> candidates_of(const ImportedModel& model, const ImportedModel& compiled,
                                             const Options& options, const QuantizeOptions* quantize,
                                             std::optional<Drop>& drop, Diagnostics& notes) {
  std::vector<Candidate> candidates{interpreter_candidate("float", model.graph)};
  if (options.quantization.prune) candidates.push_back(interpreter_candidate("pruned", compiled.graph));
  MOTE_TRY(const Target host, load_target(std::string("host")));
  if (quantize != nullptr || (options.drops.empty() && !options.no_drop)) {
    const BuildOptions build{.vectors = "0", .quantize = quantize, .keep_structure = options.keep_structure};
    MOTE_TRY(drop, build_drop(compiled, options.model.model, host, build));
  }
  if (quantize != nullptr) candidates.push_back(interpreter_candidate("int8", drop->plan.graph));
  for (const std::string& folder : options.drops) {
    MOTE_TRY(Candidate candidate, drop_candidate(folder, folder, model.graph));
    candidates.push_back(std::move(candidate));
  }
  if (!options.drops.empty() || options.no_drop) return candidates;
  if (!find_program("c++")) {
    notes.push_back({.severity = Severity::warning,
                     .code = Code::tool_missing,
                     .message = "no c++ on the PATH: emitted code is not among what is compared",
                     .help = {"install a C++ compiler, or say --no-drop"}});
    return candidates;
  }
  MOTE_TRY(Candidate candidate, compiled_candidate(model, *drop));
  candidates.push_back(std::move(candidate));
  return candidates;
}

// With their flash in the drops that are measured.
Status describe_forests(const ImportedModel& model, const Options& options, const std::optional<Drop>& drop, Report& report) {
  const std::vector<TreeStatistics> trees = tree_statistics(model.graph);
  describe_trees(trees, report, drop ? &drop->plan : nullptr);
  for (const std::string& folder : trees.empty() ? std::vector<std::string>{} : options.drops) {
    MOTE_TRY(const DropManifest manifest, read_manifest(folder));
    describe_drop_trees(folder, manifest, report);
  }
  return Ok{};
}

Result<Report> run(const Options& options, const std::string& config) {
  MOTE_TRY(const std::vector<Gate> gates, parse_gates(options.gates));
  MOTE_TRY(const ImportedModel model, load_model(options.model));
  MOTE_TRY(const DataSet set, open_data(options.data, config, model.graph));
  MOTE_TRY(EvaluationOptions evaluation, evaluation_options(options.evaluation, set, model.graph));
  if (!options.slices.empty()) {
    if (!evaluation.labels) return Diagnostic{.code = Code::usage, .message = "--slices needs --labels"};
    MOTE_TRY(evaluation.slicings, read_slices(options.slices, options.slice_by, set));
  }
  MOTE_TRY(const DataSummary summary, summarize(set));
  Report report{.notes = model.notes};
  for (Diagnostic& warning : warnings(set, summary)) report.notes.push_back(std::move(warning));
  QuantizationOptions quantization = options.quantization;
  quantization.calibration.preprocess = options.data.preprocess;
  MOTE_TRY(const std::optional<QuantizeOptions> quantize,
           load_quantization(quantization, config, model.graph, report.notes));
  MOTE_TRY(const CalibrationSamples samples, samples_of(quantize, quantization, config, model.graph, report.notes));
  ImportedModel compiled = model;
  MOTE_TRY(compiled.graph, pruned_if_asked(model.graph, quantization, config, samples));
  std::optional<Drop> drop;
  MOTE_TRY(const std::vector<Candidate> candidates,
           candidates_of(model, compiled, options, quantize ? &*quantize : nullptr, drop, report.notes));
  MOTE_TRY(const std::vector<CandidateResult> results, evaluate(set, candidates, evaluation));
  const bool truths = evaluation.labels && evaluation.labels->task == Task::classification;
  const Labels* labels = truths ? &*evaluation.labels : nullptr;
  const ReportedRows rows{.samples = set.size(), .first = set.first_row(), .labels = labels,
                          .class_names = evaluation.classes ? class_names_of(model.graph, model.graph.outputs[evaluation.output]) : std::vector<std::string>{}};
  report.text = evaluation_text(results, rows);
  report.json = evaluation_json(results, rows);
  report.json["data_sha256"] = summary.sha256;
  MOTE_TRY_STATUS(describe_forests(model, options, drop, report));
  Diagnostics failures;
  MOTE_TRY_STATUS(check_gates(gates, results, failures));
  if (!failures.empty()) report.exit = ExitCode::verification_failed;
  report.notes.insert(report.notes.end(), failures.begin(), failures.end());
  return report;
}

}  // namespace

Command add_eval(CLI::App& root) {
  const auto options = std::make_shared<Options>();
  CLI::App* app = root.add_subcommand("eval", "measure a model and its drops on data, side by side");
  add_model_options(*app, options->model);
  add_data_options(*app, "--data", "samples", options->data);
  app->get_option("--data")->required();
  add_quantization_options(*app, options->quantization);
  add_recovery_option(*app, options->quantization);
  add_evaluation_options(*app, options->evaluation);
  app->add_option("--drop", options->drops, "a folder that `mote compile` wrote (repeatable; default: compile for the host)")
      ->allow_extra_args(false);
  app->add_flag("--no-drop", options->no_drop, "only the float model");
  app->add_flag("--keep-structure", options->keep_structure, "also compile channels that no output depends on");
  app->add_option("--slices", options->slices, "a .csv with one line per sample: results per value of its columns");
  app->add_option("--slice-by", options->slice_by, "only these columns of --slices (repeatable)")->allow_extra_args(false);
  add_gate_options(*app, options->gates);
  return {app, [options, &root] { return run(*options, config_file(root)); }};
}

}  // namespace mote
