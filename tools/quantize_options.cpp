#include "tools/quantize_options.hpp"

#include <algorithm>
#include <memory>

#include "lib/data/summary.hpp"

namespace mote {
namespace {

Diagnostic wrong_usage(std::string message, std::string hint) {
  return {.code = Code::usage, .message = std::move(message), .help = {std::move(hint)}};
}

std::optional<RangeMethod> range_method(const std::string& name) {
  if (name == "auto") return std::nullopt;
  return *std::ranges::find(all_range_methods(), name, [](RangeMethod method) { return name_of(method); });
}

}  // namespace

Result<CalibrationSamples> load_samples(const DataOptions& options, const std::string& config, const Graph& graph,
                                        Diagnostics& notes) {
  MOTE_TRY(DataSet set, open_data(options, config, graph));
  MOTE_TRY(const DataSummary summary, summarize(set));
  for (Diagnostic& warning : warnings(set, summary)) notes.push_back(std::move(warning));
  const auto shared = std::make_shared<const DataSet>(std::move(set));
  return CalibrationSamples{.count = shared->size(),
                            .sample = [shared](std::int64_t index) { return shared->sample(index); },
                            .sha256 = summary.sha256};
}

void add_weight_options(CLI::App& app, QuantizationOptions& options) {
  app.add_option("--weights", options.weights,
                 "bits of weights; int4: 4, except where that costs the outputs most (at most a tenth of all keeps 8)")
      ->check(CLI::IsMember({"int8", "int4"}))
      ->capture_default_str();
  app.add_option("--int4-weights", options.weights_of_4_bits,
                 "weights that get 4 bits whatever it costs: their name or layer, or a pattern (repeatable)")
      ->allow_extra_args(false);
  app.add_option("--int8-weights", options.weights_of_8_bits, "weights that keep 8 bits, likewise (repeatable)")
      ->allow_extra_args(false);
}

void add_quantization_options(CLI::App& app, QuantizationOptions& options) {
  app.add_option("--quantize", options.quantize,
                 "int8: integer arithmetic, 8-bit activations; weights: real arithmetic on weights stored as integers");
  add_source_option(app, "--calibration", "typical inputs for --quantize, a few hundred, unlabelled", options.calibration);
  app.add_option("--io", options.io, "inputs and outputs of the compiled network: float, converted inside, or int8")
      ->check(CLI::IsMember({"float", "int8"}))
      ->capture_default_str();
  app.add_flag("--integer-only", options.integer_only, "refuse a model that would run in floating point in part");
  app.add_option("--range", options.range,
                 "how the ranges of activations inside the network are chosen; auto: for each by the error it causes at "
                 "the outputs")
      ->check(CLI::IsMember({"auto", "minmax", "percentile", "mse", "kl"}))
      ->capture_default_str();
  add_weight_options(app, options);
  app.add_flag("--no-equalization", options.no_equalization,
               "leave the channels of activations as uneven as they are");
  app.add_option("--weight-rounding", options.weight_rounding,
                 "to the levels that keep a layer's output closest to the float one, or each weight to its nearest")
      ->check(CLI::IsMember({"fitted", "nearest"}))
      ->capture_default_str();
  app.add_flag("--no-bias-correction", options.no_bias_correction,
               "leave the mean error of a layer's output where it is");
  app.add_option("--int16", options.wide,
                 "activations that get 16 bits: a value or layer, or a pattern such as 'block1*' (repeatable)")
      ->allow_extra_args(false);
  app.add_option("--int8", options.narrow,
                 "activations that keep 8 bits even where 16 are needed, likewise; '*' for all (repeatable)")
      ->allow_extra_args(false);
  app.add_option("--prune", options.prune,
                 "before anything else, take channels away until this share of multiply-accumulates is left")
      ->check(CLI::Range(0.01, 1.0));
  add_cache_options(app, options.cache);
}

void add_recovery_option(CLI::App& app, QuantizationOptions& options) {
  app.add_option("--distill", options.distill,
                 "behind --prune, epochs for which the smaller network learns from the model on the samples (minutes; 0: none)")
      ->check(CLI::Range(0, 100000))
      ->capture_default_str();
}

Result<std::optional<QuantizeOptions>> load_quantization(const QuantizationOptions& options, const std::string& config,
                                                         const Graph& graph, Diagnostics& notes) {
  if (options.distill > 0 && !options.prune)
    return wrong_usage("--distill is given without --prune: there is nothing that the network could have lost",
                       "mote distill --quantize int8 trains what rounding leaves");
  if (options.quantize.empty()) {
    if (options.prune.has_value() != options.calibration.sources.empty()) return std::optional<QuantizeOptions>{};
    if (options.prune)
      return wrong_usage("--prune needs --calibration", "give some hundred typical inputs, without labels");
    return wrong_usage("--calibration is given without --quantize or --prune", "add --quantize int8");
  }
  const bool weights_only = options.quantize == "weights";
  if (options.quantize != "int8" && !weights_only)
    return wrong_usage("--quantize is '" + options.quantize + "', expected int8 or weights", "give --quantize int8");
  if (weights_only && (options.io != "float" || options.integer_only))
    return wrong_usage("--quantize weights computes in real numbers, so that --io int8 and --integer-only cannot be had",
                       "give --quantize int8, or leave them out");
  if (options.calibration.sources.empty() && (!weights_only || options.prune))
    return wrong_usage("--quantize needs --calibration: the ranges of activations can only be seen on data",
                       "save a few hundred typical inputs as the model gets them, with "
                       "numpy.save('calibration.npy', inputs), and give --calibration calibration.npy");
  QuantizeOptions result{.samples = {},
                         .range = range_method(options.range),
                         .integer_interface = options.io == "int8",
                         .wide = options.wide,
                         .narrow = options.narrow,
                         .weight_bits = options.weights == "int4" ? 4 : 8,
                         .weights_of_4_bits = options.weights_of_4_bits,
                         .weights_of_8_bits = options.weights_of_8_bits,
                         .equalize = !options.no_equalization,
                         .weight_rounding = options.weight_rounding == "fitted" ? WeightRounding::fitted : WeightRounding::nearest,
                         .correct_bias = !options.no_bias_correction,
                         .cache = open_cache(options.cache),
                         .report = std::make_shared<QuantizationReport>()};
  result.weights_only = weights_only;
  if (options.calibration.sources.empty()) return std::optional(std::move(result));
  MOTE_TRY(result.samples, load_samples(options.calibration, config, graph, notes));
  return std::optional(std::move(result));
}

Result<CalibrationSamples> samples_of(const std::optional<QuantizeOptions>& quantize, const QuantizationOptions& options,
                                      const std::string& config, const Graph& graph, Diagnostics& notes) {
  if (quantize) return quantize->samples;
  if (options.calibration.sources.empty()) return CalibrationSamples{};
  return load_samples(options.calibration, config, graph, notes);
}

}  // namespace mote
