#pragma once
#include "lib/ir/graph.hpp"
#include "passes/quantize/options.hpp"

namespace mote {

// A network in which every quantized value is marked and everything is still real, as calibrate leaves it; and the same
// with the weights that become integers, as fit-weights leaves it.
struct MarkedGraphs {
  Graph real{}, fitted{};
};

// `graph`: as imported. Errors: those of passes and samples.
[[nodiscard]] Result<MarkedGraphs> marked_graphs(const Graph& graph, const QuantizeOptions& quantize);

}  // namespace mote
