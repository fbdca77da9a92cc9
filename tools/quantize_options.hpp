#pragma once
#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <vector>

#include "passes/quantize/options.hpp"
#include "tools/calibration_cache.hpp"
#include "tools/data_options.hpp"

namespace mote {

// How a float model becomes an integer one: shared by the commands that quantize.
struct QuantizationOptions {
  std::string quantize{};                     // "int8"; empty: leave the model as it is
  DataOptions calibration{};                  // unlabelled inputs
  std::string io = "float";                   // or "int8": what the caller hands over
  std::string range = "auto";                 // or minmax, percentile, mse, kl
  std::string weight_rounding = "fitted";     // or "nearest"
  std::string weights = "int8";               // or "int4"
  std::vector<std::string> weights_of_4_bits{}, weights_of_8_bits{};  // names or patterns of weights or layers
  bool no_equalization = false, no_bias_correction = false;
  bool integer_only = false;                  // refuse what would run in floating point
  std::vector<std::string> wide{}, narrow{};  // names or patterns of activations with 16 bits, with 8
  CacheOptions cache{};
  std::optional<double> prune{};              // the share of multiply-accumulates to keep, see pruning.hpp
  std::int64_t distill = 0;                   // epochs for which what was pruned learns from the model
};
// How many bits weights get.
void add_weight_options(CLI::App& app, QuantizationOptions& options);
// All of them; without --preprocess, which a command with other data has already.
void add_quantization_options(CLI::App& app, QuantizationOptions& options);
// --distill, where a network that was pruned may learn.
void add_recovery_option(CLI::App& app, QuantizationOptions& options);

// What the passes that quantize need; nothing when the options do not ask for that. What looks wrong with the samples is added to
// `notes`. `config`: see open_data. Code::usage, and what opening and reading a data set can say.
[[nodiscard]] Result<std::optional<QuantizeOptions>> load_quantization(const QuantizationOptions& options,
                                                                       const std::string& config, const Graph& graph,
                                                                       Diagnostics& notes);
// The samples that a command was given: those of `quantize`, or those for --prune; none where it got none.
[[nodiscard]] Result<CalibrationSamples> samples_of(const std::optional<QuantizeOptions>& quantize,
                                                    const QuantizationOptions& options, const std::string& config,
                                                    const Graph& graph, Diagnostics& notes);

// Unlabelled samples for whatever has to see some; one pass finds what is wrong with any of them before anything is
// computed.
[[nodiscard]] Result<CalibrationSamples> load_samples(const DataOptions& options, const std::string& config,
                                                      const Graph& graph, Diagnostics& notes);

}  // namespace mote
