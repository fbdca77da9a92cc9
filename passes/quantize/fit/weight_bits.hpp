#pragma once
#include <vector>

#include "passes/quantize/options.hpp"

namespace mote {

// By value: whether the weights of a product that gives it become integers. It goes to a grid wherever it is read, at once
// or through clamps; if weights alone are quantized, always.
[[nodiscard]] std::vector<bool> quantized_values(const Graph& graph, const QuantizeOptions& options);
// A core product with such a result whose weights are real and constant.
[[nodiscard]] bool is_quantized_product(const Graph& graph, const Node& node, const std::vector<bool>& quantized);

// How many bits the weights of every quantized product get, by value: 4 or 8; 0 for values that are no such weights.
// Patterns decide first. Where the options ask for four bits, of the others those keep 8 that would cost the network's
// outputs the most per weight, as long as all of these hold no more than a tenth of those that are left behind drop-channels: then
// weights take 0.55 of the bytes. The cost is the error of the outputs (OutputError) with one product's weights alone on their nearest levels, on a
// few samples. Without samples all get 4.
// `graph`: behind `calibrate`. Errors: those of a sample.
[[nodiscard]] Result<std::vector<int>> choose_weight_bits(const Graph& graph, const QuantizeOptions& options);

}  // namespace mote
