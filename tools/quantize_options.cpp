#include "tools/quantize_options.hpp"

#include <algorithm>
#include <memory>

#include "lib/data/data_set.hpp"

namespace mote {
namespace {

Result<CalibrationSamples> load_samples(const std::vector<std::string>& sources, const Graph& graph) {
  MOTE_TRY(DataSet set, DataSet::open({.sources = sources}, graph));
  const auto shared = std::make_shared<const DataSet>(std::move(set));
  return CalibrationSamples{.count = shared->size(),
                            .sample = [shared](std::int64_t index) { return shared->sample(index); }};
}

}  // namespace

void add_quantization_options(CLI::App& app, QuantizationOptions& options) {
  app.add_option("--quantize", options.quantize, "int8: integer arithmetic, 8-bit weights and activations");
  app.add_option("--calibration", options.calibration, "typical inputs, a few hundred, without labels: file.npy, .npz, .csv or folder, rows as file.npy[0:100]");
  app.add_option("--range", options.range, "how ranges of activations are chosen: minmax, percentile, mse, kl");
  app.add_option("--int16", options.wide, "values that get 16-bit activations: names or patterns such as 'block1/*'");
}

Result<std::optional<QuantizeOptions>> load_quantization(const QuantizationOptions& options, const Graph& graph) {
  if (options.quantize.empty()) return std::optional<QuantizeOptions>{};
  const auto wrong = [](std::string message, std::string hint) {
    return Diagnostic{.code = Code::usage, .message = std::move(message), .help = {std::move(hint)}};
  };
  if (options.quantize != "int8")
    return wrong("--quantize is '" + options.quantize + "', expected int8", "give --quantize int8");
  if (options.calibration.empty())
    return wrong("--quantize needs --calibration: the ranges of activations can only be seen on data",
                 "save a few hundred typical inputs as the model gets them, e.g. "
                 "numpy.save('calibration.npy', x[:200]), and give --calibration calibration.npy");
  QuantizeOptions result;
  if (!options.range.empty()) {
    const auto known = all_range_methods();
    const auto found = std::ranges::find(known, options.range, [](RangeMethod method) { return name_of(method); });
    if (found == known.end())
      return wrong("--range is '" + options.range + "', expected minmax, percentile, mse or kl",
                   "leave it out: the default suits most models");
    result.range = *found;
  }
  result.wide = options.wide;
  MOTE_TRY(result.samples, load_samples(options.calibration, graph));
  return std::optional(std::move(result));
}

}  // namespace mote
