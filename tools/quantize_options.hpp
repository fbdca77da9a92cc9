#pragma once
#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <vector>

#include "passes/quantize/options.hpp"

namespace mote {

// How a float model becomes an integer one: shared by compile, quantize and eval.
struct QuantizationOptions {
  std::string quantize{};      // "int8"; empty: leave the model as it is
  std::vector<std::string> calibration{};  // a set of unlabelled inputs, see DataSpec::sources
  std::string range{};         // minmax, percentile, mse, kl; empty: the default
  std::vector<std::string> wide{};  // value names or patterns with 16-bit activations
};
void add_quantization_options(CLI::App& app, QuantizationOptions& options);

// What the passes need; nothing when the options ask for no quantization. Code::usage, Code::bad_data.
[[nodiscard]] Result<std::optional<QuantizeOptions>> load_quantization(const QuantizationOptions& options,
                                                                       const Graph& graph);

}  // namespace mote
