// mote prune model.onnx --calibration x.npy --macs 0.5 -o pruned.onnx
// mote prune model.onnx --calibration x.npy --sparsity 0.5 -o pruned.onnx
#include <memory>

#include "codegen/literals.hpp"
#include "lib/export/onnx_export.hpp"
#include "passes/prune/compare_structures.hpp"
#include "tools/command.hpp"
#include "tools/file_tree.hpp"
#include "tools/model_options.hpp"
#include "tools/pruning.hpp"
#include "tools/thinning.hpp"

namespace mote {
namespace {

constexpr double default_macs = 0.5;

struct Options {
  ModelOptions model{};
  DataOptions calibration{};
  std::optional<double> macs{};
  ThinningOptions thinning{};
  std::string output{};
};

std::string text_of(const std::array<std::int64_t, 2>& kernel) {
  return std::to_string(kernel[0]) + "x" + std::to_string(kernel[1]);
}

void add_split(const LayerStructure& layer, std::string& text, Json& json) {
  if (layer.rank == 0) return;
  text += ", split into " + text_of(layer.first_kernel) + " to " + std::to_string(layer.rank) + " channels and " +
          text_of(layer.second_kernel);
  json["split"] = {{"rank", layer.rank}, {"kernels", {layer.first_kernel, layer.second_kernel}}};
}

Report report_of(const StructureReport& structure, const std::string& output) {
  Report report;
  report.text = output + ": " + with_thousands(structure.macs_before) + " -> " + with_thousands(structure.macs_after) +
                " multiply-accumulates, " + with_thousands(structure.weights_before) + " -> " +
                with_thousands(structure.weights_after) + " weights\n";
  Json layers = Json::array();
  for (const LayerStructure& layer : structure.layers) {
    report.text += "  " + layer.layer + ": " + std::to_string(layer.inputs_before) + " -> " +
                   std::to_string(layer.inputs_after) + " channels in, " + std::to_string(layer.outputs_before) +
                   " -> " + std::to_string(layer.outputs_after) + " out";
    layers.push_back({{"layer", layer.layer},
                      {"input_channels", {layer.inputs_before, layer.inputs_after}},
                      {"output_channels", {layer.outputs_before, layer.outputs_after}},
                      {"macs", {layer.macs_before, layer.macs_after}}});
    add_split(layer, report.text, layers.back());
    report.text += "\n";
  }
  report.json = {{"output", output},
                 {"macs", {structure.macs_before, structure.macs_after}},
                 {"weights", {structure.weights_before, structure.weights_after}},
                 {"layers", layers}};
  return report;
}

Result<Report> run(const Options& options, const std::string& config) {
  MOTE_TRY_STATUS(expect_writable(options.output));
  MOTE_TRY(ImportedModel model, load_model(options.model));
  MOTE_TRY(const CalibrationSamples samples, load_samples(options.calibration, config, model.graph, model.notes));
  const bool thins = options.thinning.share > 0.0;
  const std::optional<double> macs = options.macs || thins ? options.macs : default_macs;
  MOTE_TRY(PrunedGraph graphs, prune_graph(std::move(model.graph), samples, macs));
  if (thins) { MOTE_TRY(graphs.pruned, thinned_graph(std::move(graphs.pruned), samples, options.thinning)); }
  MOTE_TRY(const ExportedModel exported, export_onnx(graphs.pruned));
  MOTE_TRY_STATUS(write_file(options.output, exported.bytes));
  Report report = report_of(compare_structures(graphs.original, graphs.pruned), options.output);
  report_zeros(graphs.pruned, report);
  report.notes = model.notes;
  return report;
}

}  // namespace

Command add_prune(CLI::App& root) {
  const auto options = std::make_shared<Options>();
  CLI::App* app =
      root.add_subcommand("prune", "write a smaller model: channels or weights that matter least are taken away");
  add_model_options(*app, options->model);
  add_data_options(*app, "--calibration", "typical inputs, a few hundred, unlabelled", options->calibration);
  app->add_option("--macs", options->macs,
                  "the share of multiply-accumulates to keep, of those that matter (default 0.5, with --sparsity all)")
      ->check(CLI::Range(0.01, 1.0));
  add_thinning_options(*app, options->thinning);
  app->add_option("-o,--output", options->output, "the .onnx file to write")->required();
  return {app, [options, &root] { return run(*options, config_file(root)); }};
}

}  // namespace mote
