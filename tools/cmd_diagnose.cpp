// mote diagnose model.onnx --calibration x.npy: why quantization loses accuracy, worst first.
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <iterator>
#include <memory>

#include "lib/support/log.hpp"
#include "passes/quantize/diagnose/diagnose.hpp"
#include "passes/quantize/diagnose/marked_graphs.hpp"
#include "tools/command.hpp"
#include "tools/model_options.hpp"
#include "tools/quantize_options.hpp"

namespace mote {
namespace {

struct Options {
  ModelOptions model{};
  QuantizationOptions quantization{};
  std::int64_t samples = 32;
};

std::string number(const char* format, double value) {
  std::string text(32, '\0');
  text.resize(static_cast<std::size_t>(std::snprintf(text.data(), text.size(), format, value)));
  return text;
}
std::string decibels(const std::optional<double>& ratio) { return ratio ? number("%.1f", *ratio) : "exact"; }
std::string padded(std::string text, std::size_t width) {
  text.resize(std::max(width, text.size() + 1), ' ');
  return text;
}

bool is_activation(const PartDiagnosis& part) { return part.part.kind == QuantizedPart::Kind::activation; }

std::string row(const PartDiagnosis& part) {
  const bool has_grid = is_activation(part);
  return padded(decibels(part.output_alone), 9) + padded(decibels(part.output_without), 9) + padded(decibels(part.own), 8) +
         padded(has_grid ? number("%.2f", 100.0 * part.saturated) : "", 8) + padded(number("%.4g", part.low), 11) +
         padded(number("%.4g", part.high), 11) +
         padded(has_grid ? number("%.3g", static_cast<double>(part.part.grid.scale)) : "", 11) +
         padded(std::to_string(part.dead_channels) + "/" + std::to_string(part.channels), 10) +
         (has_grid ? "" : "weights ") + part.part.name + "\n" + (part.hint.empty() ? "" : "         -> " + part.hint + "\n");
}

std::string table(const Diagnosis& diagnosis) {
  std::string text = "output against the float model, everything quantized: " + decibels(diagnosis.output) + " dB over " +
                     std::to_string(diagnosis.samples) + " samples\n\n" +
                     "signal to noise in dB: of the output with only this quantized, with all but this; of the value itself\n\n" +
                     padded("alone", 9) + padded("without", 9) + padded("own", 8) + padded("sat. %", 8) +
                     padded("lowest", 11) + padded("highest", 11) + padded("scale", 11) + padded("dead", 10) + "value\n";
  for (const PartDiagnosis& part : diagnosis.parts) text += row(part);
  return text;
}

Json optional_json(const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); }

Json grid_json(const Grid& grid) {
  return {{"scale", grid.scale}, {"zero_point", grid.zero_point}, {"lowest", grid.lowest}, {"highest", grid.highest}};
}

Json part_json(const PartDiagnosis& part) {
  return {{"value", part.part.name},
          {"kind", is_activation(part) ? "activation" : "weights"},
          {"layer", part.layer},
          {"output_snr_alone_db", optional_json(part.output_alone)},
          {"output_snr_without_db", optional_json(part.output_without)},
          {"snr_db", optional_json(part.own)},
          {"saturated", is_activation(part) ? Json(part.saturated) : Json(nullptr)},
          {"lowest", part.low},
          {"highest", part.high},
          {"grid", is_activation(part) ? grid_json(part.part.grid) : Json(nullptr)},
          {"channels", part.channels},
          {"dead_channels", part.dead_channels},
          {"hint", part.hint}};
}

Json report_json(const Diagnosis& diagnosis) {
  Json parts = Json::array();
  for (const PartDiagnosis& part : diagnosis.parts) parts.push_back(part_json(part));
  return {{"samples", diagnosis.samples}, {"output_snr_db", optional_json(diagnosis.output)}, {"parts", parts}};
}

void show_progress(std::int64_t done, std::int64_t all) {
  log_step("sensitivities: " + std::to_string(done) + " of " + std::to_string(all) + " samples");
}

Result<Report> run(Options options, const std::string& config) {
  options.quantization.quantize = "int8";
  MOTE_TRY(ImportedModel model, load_model(options.model));
  MOTE_TRY(const std::optional<QuantizeOptions> quantize,
           load_quantization(options.quantization, config, model.graph, model.notes));
  MOTE_TRY(const MarkedGraphs marked, marked_graphs(model.graph, *quantize));
  std::ranges::copy(quantize->report->notes, std::back_inserter(model.notes));
  DiagnoseOptions diagnosing{.samples = options.samples, .progress = {}};
  if (isatty(STDERR_FILENO) != 0) diagnosing.progress = show_progress;
  MOTE_TRY(const Diagnosis diagnosis, diagnose(marked.real, marked.fitted, quantize->samples, diagnosing));
  return Report{.text = table(diagnosis), .json = report_json(diagnosis), .notes = model.notes};
}

}  // namespace

Command add_diagnose(CLI::App& root) {
  const auto options = std::make_shared<Options>();
  CLI::App* app = root.add_subcommand("diagnose", "say which values lose accuracy when a model is quantized, and what helps");
  add_model_options(*app, options->model);
  add_quantization_options(*app, options->quantization);
  add_preprocess_option(*app, options->quantization.calibration);
  for (const char* fixed : {"--quantize", "--io", "--prune"}) app->remove_option(app->get_option(fixed));
  app->get_option("--calibration")->required();
  app->add_option("--samples", options->samples, "how many samples of the set to measure with")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  return {app, [options, &root] { return run(*options, config_file(root)); }};
}

}  // namespace mote
