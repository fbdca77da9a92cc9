// mote quantize model.onnx --calibration x.npy -o model_int8.onnx
#include <algorithm>
#include <iterator>
#include <memory>

#include "codegen/literals.hpp"
#include "lib/export/onnx_export.hpp"
#include "tools/command.hpp"
#include "tools/file_tree.hpp"
#include "tools/model_options.hpp"
#include "tools/pipeline_options.hpp"
#include "tools/pruning.hpp"

namespace mote {
namespace {

struct Options {
  ModelOptions model{};
  PipelineOptions pipeline{};
  QuantizationOptions quantization{.quantize = "int8"};
  std::string output{};
};

// Up to the point where every quantized value is marked and all arithmetic is still that of real numbers.
std::span<const Pass> before_integers() {
  const std::span<const Pass> all = standard_pipeline();
  const auto end = std::ranges::find(all, "realize-integers", &Pass::name);
  MOTE_CHECK(end != all.end());
  return all.first(static_cast<std::size_t>(end - all.begin()));
}

Result<Report> run(const Options& options, const std::string& config) {
  if (options.quantization.io != "float")
    return Diagnostic{.code = Code::usage,
                      .message = "--io is '" + options.quantization.io + "', but the file keeps the model's own inputs and outputs",
                      .help = {"leave it out here, and give it to mote compile"}};
  MOTE_TRY_STATUS(expect_writable(options.output));
  MOTE_TRY(ImportedModel model, load_model(options.model));
  MOTE_TRY(const std::optional<QuantizeOptions> quantize,
           load_quantization(options.quantization, config, model.graph, model.notes));
  MOTE_TRY(const CalibrationSamples samples, samples_of(quantize, options.quantization, config, model.graph, model.notes));
  MOTE_TRY(model.graph, pruned_if_asked(std::move(model.graph), options.quantization, config, samples));
  std::vector<Dump> dumps;
  const Target target{};  // no pass before the plan looks at it
  auto graph = run_passes(before_integers(), std::move(model.graph),
                          {.target = target, .quantize = quantize ? &*quantize : nullptr},
                          observer_for(options.pipeline, dumps));
  MOTE_TRY_STATUS(write_dumps(options.pipeline, dumps));
  if (!graph) return graph.errors();
  if (quantize) std::ranges::copy(quantize->report->notes, std::back_inserter(model.notes));
  MOTE_TRY(const ExportedModel exported, export_onnx(*graph));
  MOTE_TRY_STATUS(write_file(options.output, exported.bytes));
  return Report{.text = options.output + ": " + std::to_string(exported.quantized_values) +
                        " quantized activations, operator set " + std::to_string(exported.opset) + ", " +
                        with_thousands(static_cast<std::int64_t>(exported.bytes.size())) + " B\n",
                .json = {{"output", options.output},
                         {"quantized_values", exported.quantized_values},
                         {"opset", exported.opset},
                         {"bytes", exported.bytes.size()}},
                .notes = model.notes};
}

}  // namespace

Command add_quantize(CLI::App& root) {
  const auto options = std::make_shared<Options>();
  CLI::App* app = root.add_subcommand("quantize", "write the quantized model as ONNX in QDQ form");
  add_model_options(*app, options->model);
  add_quantization_options(*app, options->quantization);
  add_recovery_option(*app, options->quantization);
  add_preprocess_option(*app, options->quantization.calibration);
  add_pipeline_options(*app, options->pipeline);
  app->add_option("-o,--output", options->output, "the .onnx file to write")->required();
  return {app, [options, &root] { return run(*options, config_file(root)); }};
}

}  // namespace mote
