// mote fit model.onnx --target nucleo-l4r5zi --ram 32K --flash 64K --calibration x.npy -o fitted/
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>

#include "codegen/emit.hpp"
#include "lib/data/summary.hpp"
#include "lib/support/log.hpp"
#include "lib/support/sha256.hpp"
#include "lib/support/text.hpp"
#include "tools/command.hpp"
#include "tools/evaluation_options.hpp"
#include "tools/file_tree.hpp"
#include "tools/fit_recipe.hpp"
#include "tools/fit_report.hpp"

namespace mote {
namespace {

struct Options {
  ModelOptions model{};
  TargetOptions target{};
  std::int64_t max_cycles = 0;  // 0: any
  TrainingOptions training{.epochs = 0, .batch = recovery_batch, .rate = recovery_rate};
  QuantizationOptions quantization{.quantize = "int8"};
  DataOptions data{};
  EvaluationChoices evaluation{};
  GateOptions gates{};
  std::string output{}, name{};
};

constexpr const char* changed_model = "fitted.onnx";
constexpr const char* recipe_file = "mote.toml";

// The samples that networks are made smaller with, and those that judge them.
struct FitData {
  CalibrationSamples shrinking{};
  DataSet judged;
  std::optional<TrainingSamples> lessons{};
};

// Without data of its own the last fifth of the calibration samples judges, and takes no part in making networks smaller.
Result<FitData> load_data(const Options& options, const std::string& config, const Graph& graph,
                          const CalibrationSamples& calibration) {
  FitData data{.shrinking = calibration, .judged = {}};
  DataOptions first = options.quantization.calibration, rest = first;
  if (options.data.sources.empty()) data.shrinking.count -= calibration.count / 5;
  first.rows = ":" + std::to_string(data.shrinking.count);
  rest.rows = std::to_string(data.shrinking.count) + ":";
  if (options.training.epochs > 0) {
    MOTE_TRY(DataSet set, open_data(first, config, graph));
    data.lessons = lessons_from(std::move(set), graph);
  }
  if (!options.data.sources.empty()) {
    MOTE_TRY(data.judged, open_data(options.data, config, graph));
    return data;
  }
  if (calibration.count < 5)
    return bad_data("", std::to_string(calibration.count) + " calibration samples are too few to judge by the last fifth",
                    "give some hundred, or other samples with --data");
  MOTE_TRY(data.judged, open_data(rest, config, graph));
  return data;
}

// The roomiest region that compiling can choose (lib/plan/fit.hpp).
std::int64_t most_usable(const Target& target, MemoryKind kind, std::size_t preferred) {
  std::int64_t most = 0;
  for (std::size_t i = 0; i < target.memory.size(); ++i) {
    const MemoryRegion& region = target.memory[i];
    if (i == preferred || (region.kind == kind && !region.section.empty())) most = std::max(most, region.usable_bytes());
  }
  return most;
}

FitLimits limits_of(const Target& target, std::int64_t max_cycles) {
  FitLimits limits{.ram_bytes = most_usable(target, MemoryKind::ram, target.arena_region),
                   .flash_bytes = most_usable(target, MemoryKind::flash, target.weights_region)};
  if (max_cycles > 0) limits.cycles = max_cycles;
  return limits;
}

std::string summary_of(const FittedNetwork& network) {
  return network.what + ": " + std::to_string(network.footprint.ram_bytes) + " B of RAM, " +
         std::to_string(network.footprint.flash_bytes) + " B of flash, about " +
         std::to_string(network.footprint.cycles) + " cycles";
}

// The recipe is read by a parser that takes # for a comment and keeps escapes, inside of strings, too.
bool recipe_can_hold(char c) {
  return c != '#' && c != '"' && c != '\\' && c != 0x7f && static_cast<unsigned char>(c) >= 0x20;
}

// As a pattern, in which anything may stand for what a recipe cannot hold.
std::vector<std::string> as_patterns(std::vector<std::string> names) {
  for (std::string& name : names)
    std::ranges::replace_if(name, std::not_fn(recipe_can_hold), '*');
  return names;
}

FitRecipe recipe_of(const Options& options, const PreprocessMap& preprocess, const FittedNetwork& network, Optimize optimize) {
  FitRecipe recipe{.model = options.model,
                   .name = options.name,
                   .target = options.target,
                   .quantization = options.quantization,
                   .optimize = optimize,
                   .preprocess = preprocess,
                   .summary = summary_of(network)};
  if (!network.bytes.empty()) recipe.model = {.model = (std::filesystem::path(options.output) / changed_model).string()};
  if (!network.needs_quantization()) {
    recipe.quantization = {.integer_only = options.quantization.integer_only};
    recipe.preprocess.clear();
    return recipe;
  }
  recipe.quantization.narrow = {"*"};
  if (network.has_levels) return recipe;
  recipe.quantization.wide = as_patterns(network.precisions.wide_activations);
  recipe.quantization.weights_of_4_bits = as_patterns(network.precisions.narrow_weights);
  return recipe;
}

Status expect_recipe_can_hold(const std::vector<std::string>& texts, const char* help) {
  for (const std::string& text : texts)
    if (!std::ranges::all_of(text, recipe_can_hold))
      return Diagnostic{.code = Code::usage,
                        .message = "'" + text + "' has a #, \", \\ or control character, which a recipe cannot hold",
                        .help = {help}};
  return Ok{};
}

Status expect_recipe_can_hold(const Options& options) {
  std::vector<std::string> texts{options.model.model, options.target.target, options.output, options.name};
  for (const auto* more : {&options.model.shapes, &options.model.constants, &options.model.outputs,
                           &options.quantization.calibration.sources})
    texts.insert(texts.end(), more->begin(), more->end());
  return expect_recipe_can_hold(texts, "rename the file, or link to it under another name");
}

Status expect_recipe_can_hold(const PreprocessMap& preprocess) {
  std::vector<std::string> inputs;
  for (const auto& [input, how] : preprocess)
    if (how.given) inputs.push_back(input);
  return expect_recipe_can_hold(inputs, "give samples as the model takes them, without preprocessing, or rename its input");
}

// Before hours of work: what will be written must be absent or fit's own.
Status expect_writable(const Options& options) {
  const std::filesystem::path folder(options.output);
  std::error_code error;
  if (std::filesystem::exists(folder, error) && !std::filesystem::is_directory(folder, error))
    return Diagnostic{.code = Code::file_unwritable, .message = options.output + ": is no folder", .help = {"name another with -o"}};
  std::ifstream recipe(folder / recipe_file);
  std::string first;
  std::getline(recipe, first);
  const bool is_own = recipe && first.starts_with(recipe_mark);
  for (const char* file : {recipe_file, changed_model})
    if (!is_own && std::filesystem::exists(folder / file, error))
      return Diagnostic{.code = Code::output_exists,
                        .message = (folder / file).string() + ": is there and not written by mote fit",
                        .help = {"name another folder with -o"}};
  if (std::filesystem::equivalent(options.model.model, folder / changed_model, error))
    return Diagnostic{.code = Code::output_exists,
                      .message = options.model.model + ": the model would be overwritten",
                      .help = {"name another folder with -o"}};
  return Ok{};
}

Diagnostic unwritable(const std::string& what, const std::error_code& error) {
  return {.code = Code::file_unwritable, .message = what + ": " + error.message(), .help = {"name another folder with -o"}};
}

// Both files are written beside their places before either of them is taken: what fails until then leaves an earlier recipe
// with its model. Behind it no recipe may stay beside a model that is not its own.
Status write_recipe(const std::string& folder, const FittedNetwork& network, const FitRecipe& recipe) {
  namespace fs = std::filesystem;
  const fs::path model = fs::path(folder) / changed_model, text = fs::path(folder) / recipe_file;
  const fs::path new_model = model.string() + ".new", new_text = text.string() + ".new";
  std::error_code error, ignored;
  fs::create_directories(folder, error);
  if (error) return unwritable(folder, error);
  Status status = write_file(new_text.string(), recipe_text(recipe));
  if (status && !network.bytes.empty()) status = write_file(new_model.string(), network.bytes);
  if (status) {
    network.bytes.empty() ? void(fs::remove(model, error)) : fs::rename(new_model, model, error);
    if (error) {
      status = unwritable(model.string(), error);
    } else if (fs::rename(new_text, text, error); error) {
      fs::remove(text, ignored);
      status = unwritable(text.string(), error);
    }
  }
  fs::remove(new_model, ignored);
  fs::remove(new_text, ignored);
  return status;
}

// What compiling the recipe will write, as the manifest lists it; golden vectors and options, which are not the network's,
// aside.
Result<Json> hashes_of(const FittedNetwork& network, const Options& options, const ImportedModel& model) {
  const std::string file = network.bytes.empty() ? std::filesystem::path(options.model.model).filename().string() : changed_model;
  const EmitOptions emission{.name = options.name, .model_file = file, .model_sha256 = network.bytes.empty() ? model.sha256 : sha256(network.bytes)};
  MOTE_TRY(const FileTree files, emit(network.plan, emission));
  Json hashes = Json::object();
  for (const auto& [path, text] : files)
    if (path.starts_with("src/") || path.starts_with("include/")) hashes[path] = sha256(text);
  return hashes;
}

void show(const std::string& line) {
  if (isatty(STDERR_FILENO) != 0)
    log_step(line);
  else
    log_detail(line);
}

Report report_of(const FitOutcome& outcome, const Diagnostics& notes) {
  Report report{.text = fit_text(outcome), .json = fit_json(outcome), .notes = notes};
  if (!outcome.problems.empty()) report.exit = exit_code(outcome.problems.front().code);
  report.notes.insert(report.notes.end(), outcome.problems.begin(), outcome.problems.end());
  return report;
}

Result<Report> run(Options options, const std::string& config) {
  if (!options.data.rows.empty() && options.data.sources.empty())
    return Diagnostic{.code = Code::usage,
                      .message = "--rows chooses among the samples of --data, which is not given",
                      .help = {"write --calibration \"x.npy[0:250]\" to calibrate on some rows"}};
  MOTE_TRY_STATUS(expect_recipe_can_hold(options));
  MOTE_TRY_STATUS(expect_writable(options));
  MOTE_TRY(const std::vector<Gate> gates, parse_gates(options.gates));
  MOTE_TRY(const Target target, load_target(options.target));
  MOTE_TRY(ImportedModel model, load_model(options.model));
  options.name = c_identifier(options.name.empty() ? std::filesystem::path(options.model.model).stem().string() : options.name);
  options.quantization.calibration.preprocess = options.data.preprocess;
  MOTE_TRY(const PreprocessMap preprocess, preprocess_of(options.quantization.calibration, config, model.graph));
  MOTE_TRY_STATUS(expect_recipe_can_hold(preprocess));
  MOTE_TRY(std::optional<QuantizeOptions> quantize,
           load_quantization(options.quantization, config, model.graph, model.notes));
  MOTE_TRY(const FitData data, load_data(options, config, model.graph, quantize->samples));
  MOTE_TRY(const EvaluationOptions evaluation, evaluation_options(options.evaluation, data.judged, model.graph));
  const FitRequest request{.model = model,
                           .model_path = options.model.model,
                           .target = target,
                           .limits = limits_of(target, options.max_cycles),
                           .quantize = *quantize,
                           .integer_only = options.quantization.integer_only,
                           .shrinking = data.shrinking,
                           .lessons = data.lessons,
                           .training = options.training,
                           .judged = data.judged,
                           .evaluation = evaluation,
                           .gates = gates,
                           .progress = show};
  MOTE_TRY(const FitOutcome outcome, search_fit(request));
  Report report = report_of(outcome, model.notes);
  if (!outcome.solution) return report;
  const FittedNetwork& solution = outcome.networks[*outcome.solution];
  MOTE_TRY(report.json["sources"], hashes_of(solution, options, model));
  MOTE_TRY_STATUS(write_recipe(options.output, solution, recipe_of(options, preprocess, solution, outcome.optimize)));
  const std::string file = (std::filesystem::path(options.output) / recipe_file).string();
  report.text += file + ": " + summary_of(solution) + "\n  mote --config " + file + " compile -o <folder>\n";
  report.json["recipe"] = file;
  return report;
}

}  // namespace

Command add_fit(CLI::App& root) {
  const auto options = std::make_shared<Options>();
  CLI::App* app = root.add_subcommand(
      "fit", "find a form of a model that keeps the limits of a part, and write the recipe that compiles it");
  add_model_options(*app, options->model);
  add_target_options(*app, options->target);
  app->add_option("--max-cycles", options->max_cycles, "the most cycles of a run, as estimated for memory without wait states")
      ->check(CLI::PositiveNumber);
  add_quantization_options(*app, options->quantization);
  for (const char* chosen : {"--quantize", "--prune", "--int16", "--int8", "--weights", "--int4-weights", "--int8-weights"}) app->remove_option(app->get_option(chosen));
  app->get_option("--calibration")->required();
  add_data_options(*app, "--data", "samples that judge (default: the last fifth of the calibration samples)", options->data);
  app->add_option("--distill", options->training.epochs,
                  "epochs for which smaller networks learn from the model, on the calibration samples (minutes; 0: none)")
      ->check(CLI::Range(0, 100000))
      ->capture_default_str();
  app->add_option("--rate", options->training.rate, "learning rate of --distill at the beginning")
      ->check(CLI::Range(1e-9, 10.0))
      ->capture_default_str();
  app->add_option("--seed", options->training.seed, "of what --distill draws at random")->capture_default_str();
  add_evaluation_options(*app, options->evaluation, "--judged-output");
  add_gate_options(*app, options->gates);
  app->add_option("--name", options->name, "prefix of the C API (default: the model's file name)");
  app->add_option("-o,--output", options->output,
                  "the folder for mote.toml, which mote compile takes with --config, and for fitted.onnx beside it where the "
                  "model itself was made smaller")
      ->required();
  return {app, [options, &root] { return run(*options, config_file(root)); }};
}

}  // namespace mote
