#pragma once
#include <vector>

#include "passes/quantize/options.hpp"

namespace mote {

// What 8-bit activations, on ranges seen on the rows `seen`, do to the outputs (OutputError) of each of the rows `judged`.
// Weights stay real. Errors: those of a sample.
[[nodiscard]] Result<std::vector<double>> activation_noise(const Graph& graph, const QuantizeOptions& options,
                                                           const std::vector<std::int64_t>& seen,
                                                           const std::vector<std::int64_t>& judged);

// Whether the second of two lists of paired errors is smaller on average, by more than twice the standard error of the
// differences: rarely by chance.
[[nodiscard]] bool is_less_on_average(const std::vector<double>& before, const std::vector<double>& after);

}  // namespace mote
