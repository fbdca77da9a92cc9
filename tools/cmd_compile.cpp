// mote compile model.onnx --target nucleo-l4r5zi -o out/
#include <array>
#include <map>
#include <memory>

#include "codegen/literals.hpp"
#include "lib/plan/model_code.hpp"
#include "lib/plan/sparsity.hpp"
#include "lib/support/text.hpp"
#include "tools/build_drop.hpp"
#include "tools/command.hpp"
#include "tools/file_tree.hpp"
#include "tools/model_options.hpp"
#include "tools/pipeline_options.hpp"
#include "tools/pruning.hpp"
#include "tools/tree_report.hpp"

namespace mote {
namespace {

struct Options {
  ModelOptions model{};
  TargetOptions target{};
  PipelineOptions pipeline{};
  QuantizationOptions quantization{};
  std::string output{};
  std::string name{};
  bool no_static_context = false, keep_structure = false;
  Optimize optimize = Optimize::automatic;
  std::string tree_features = "float";  // or "ranks"
  std::string vectors = "2";
};

// In the order of Optimize.
constexpr std::array<std::string_view, 3> optimize_words{"auto", "speed", "size"};

std::map<std::string, std::string> recorded(const Options& options, const std::optional<QuantizeOptions>& quantize,
                                            const CalibrationSamples& samples) {
  std::map<std::string, std::string> record{{"target", options.target.target}};
  if (!options.target.ram.empty()) record["ram"] = options.target.ram;
  if (!options.target.flash.empty()) record["flash"] = options.target.flash;
  for (const std::string& shape : options.model.shapes) record["shape"] += (record["shape"].empty() ? "" : " ") + shape;
  for (const std::string& name : options.model.outputs) record["outputs"] += (record["outputs"].empty() ? "" : " ") + name;
  if (samples.count > 0) {
    record["calibration_samples"] = std::to_string(samples.count);
    record["calibration_sha256"] = samples.sha256;
  }
  if (quantize) {
    record["quantize"] = options.quantization.quantize;
    record["io"] = options.quantization.io;
    record["range"] = options.quantization.range;
    record["weights"] = options.quantization.weights;
    for (const std::string& pattern : quantize->weights_of_4_bits)
      record["int4_weights"] += (record["int4_weights"].empty() ? "" : " ") + pattern;
    for (const std::string& pattern : quantize->weights_of_8_bits)
      record["int8_weights"] += (record["int8_weights"].empty() ? "" : " ") + pattern;
    record["equalization"] = quantize->equalize ? "yes" : "no";
    record["weight_rounding"] = options.quantization.weight_rounding;
    record["bias_correction"] = quantize->correct_bias ? "yes" : "no";
    for (const std::string& pattern : quantize->wide) record["int16"] += (record["int16"].empty() ? "" : " ") + pattern;
    for (const std::string& pattern : quantize->narrow) record["int8"] += (record["int8"].empty() ? "" : " ") + pattern;
  }
  if (options.quantization.prune) record["prune"] = number_text(static_cast<float>(*options.quantization.prune));
  if (options.quantization.distill > 0) record["distill"] = std::to_string(options.quantization.distill);
  if (options.optimize != Optimize::automatic)
    record["optimize"] = optimize_words[static_cast<std::size_t>(options.optimize)];
  if (options.tree_features != "float") record["tree_features"] = options.tree_features;
  if (options.keep_structure) record["keep_structure"] = "yes";
  record["static_context"] = options.no_static_context ? "no" : "yes";
  return record;
}

std::string saved(const StructureReport& structure) {
  if (!structure.changed()) return "";
  return "         channels that no output depends on: " + with_thousands(structure.channels_removed) + " left out, " +
         with_thousands(structure.macs_before) + " -> " + with_thousands(structure.macs_after) + " multiply-accumulates, " +
         with_thousands(structure.weights_before) + " -> " + with_thousands(structure.weights_after) + " weights\n";
}

std::string without_zeros(const Plan& plan) {
  std::int64_t layers = 0, plain = 0, stored = 0;
  for (const SparseLayer& layer : sparse_layers(plan)) {
    if (!layer.leaves_zeros_out) continue;
    ++layers;
    plain += layer.plain_bytes;
    stored += layer.stored_bytes;
  }
  if (layers == 0) return "";
  return "         weights of 0 left out of " + std::to_string(layers) + " layers: " + with_thousands(plain) + " -> " +
         with_thousands(stored) + " B\n";
}

std::string branches(const Plan& plan) {
  const std::int64_t bytes = branch_code_bytes(plan);
  return bytes == 0 ? "" : ", about " + with_thousands(bytes) + " B branches of trees";
}

std::string summary(const Drop& drop, const std::string& output) {
  const Plan& plan = drop.plan;
  return output + ": " + drop.name + " for " + plan.target.name + "\n" +
         "  RAM    " + with_thousands(plan.arena_bytes) + " B arena (lower bound " + with_thousands(plan.lower_bound_bytes) +
         ", without reuse " + with_thousands(plan.sum_bytes) + ")\n" +
         "  flash  " + with_thousands(plan.weights_bytes) + " B weights" + branches(plan) + "\n" +
         "  work   " + with_thousands(plan.macs) + " multiply-accumulates in " + std::to_string(plan.steps.size()) + " layers\n" + saved(drop.structure) +
         without_zeros(plan) +
         "  check  cmake -S " + output + " -B build && cmake --build build && ctest --test-dir build\n";
}

Json summary_json(const Drop& drop, const std::string& output) {
  const Plan& plan = drop.plan;
  return {{"output", output},
          {"name", drop.name},
          {"target", plan.target.name},
          {"arena_bytes", plan.arena_bytes},
          {"arena_lower_bound_bytes", plan.lower_bound_bytes},
          {"arena_without_reuse_bytes", plan.sum_bytes},
          {"arena_proven_optimal", plan.proven_optimal},
          {"scratch_bytes", plan.scratch_bytes},
          {"weights_bytes", plan.weights_bytes},
          {"branch_code_bytes_estimated", branch_code_bytes(plan)},
          {"macs", plan.macs},
          {"channels_left_out", drop.structure.channels_removed},
          {"layers", plan.steps.size()}};
}

Result<Report> run(const Options& options, const std::string& config) {
  MOTE_TRY(const Target target, load_target(options.target));
  MOTE_TRY(ImportedModel model, load_model(options.model));
  MOTE_TRY(const std::optional<QuantizeOptions> quantize,
           load_quantization(options.quantization, config, model.graph, model.notes));
  MOTE_TRY(const CalibrationSamples samples, samples_of(quantize, options.quantization, config, model.graph, model.notes));
  MOTE_TRY(model.graph, pruned_if_asked(std::move(model.graph), options.quantization, config, samples));
  std::vector<Dump> dumps;
  const BuildOptions build{.name = options.name,
                           .static_context = !options.no_static_context,
                           .vectors = options.vectors,
                           .recorded = recorded(options, quantize, samples),
                           .observe = observer_for(options.pipeline, dumps),
                           .quantize = quantize ? &*quantize : nullptr,
                           .integer_only = options.quantization.integer_only,
                           .optimize = options.optimize,
                           .rank_inputs = options.tree_features == "ranks",
                           .keep_structure = options.keep_structure};
  auto built = build_drop(model, options.model.model, target, build);
  MOTE_TRY_STATUS(write_dumps(options.pipeline, dumps));
  if (!built) return built.errors();
  const Drop& drop = *built;
  MOTE_TRY_STATUS(write_drop(drop.files, options.output));
  model.notes.insert(model.notes.end(), drop.notes.begin(), drop.notes.end());
  Report report{.text = summary(drop, options.output), .json = summary_json(drop, options.output), .notes = model.notes};
  describe_trees(tree_statistics(model.graph), report, &drop.plan);
  return report;
}

}  // namespace

Command add_compile(CLI::App& root) {
  const auto options = std::make_shared<Options>();
  CLI::App* app = root.add_subcommand("compile", "write the source drop of a model for a target");
  add_model_options(*app, options->model);
  add_target_options(*app, options->target);
  add_pipeline_options(*app, options->pipeline);
  add_quantization_options(*app, options->quantization);
  add_recovery_option(*app, options->quantization);
  add_preprocess_option(*app, options->quantization.calibration);
  app->add_option("-o,--output", options->output, "folder of the drop; replaced only if it is an earlier drop")->required();
  app->add_option("--name", options->name, "prefix of the C API (default: the model's file name)");
  app->add_option("--tree-features", options->tree_features, "what the caller hands decision trees: the features, or their ranks among thresholds (the header has the function)")
      ->check(CLI::IsMember({"float", "ranks"}));
  std::map<std::string, Optimize> choices;
  for (std::size_t i = 0; i < optimize_words.size(); ++i) choices.emplace(optimize_words[i], static_cast<Optimize>(i));
  app->add_option("--optimize", options->optimize, "what the code of decision trees is to be first of all: auto (fast, if it fits the flash), speed, size")
      ->transform(CLI::CheckedTransformer(choices, CLI::ignore_case));
  app->add_flag("--keep-structure", options->keep_structure, "also compile channels that no output depends on");
  app->add_flag("--no-static-context", options->no_static_context, "leave the definition of the context to the caller");
  app->add_option("--vectors", options->vectors,
                  "golden vectors that travel with the drop: a number of random ones, or a .npy/.npz of inputs")
      ->capture_default_str();
  return {app, [options, &root] { return run(*options, config_file(root)); }};
}

}  // namespace mote
