#pragma once
#include "lib/ops/op_def.hpp"

namespace mote {

// The element type a declared type is computed in: `reference` widens every float to double.
enum class Precision : std::uint8_t { single, reference };
[[nodiscard]] DType computed_dtype(DType declared, Precision precision);

// Runs one node on given operands (nullptr: left out). Output types are those inferred in the graph.
[[nodiscard]] std::vector<Tensor> evaluate_node(const Graph& graph, const Node& node, Operands operands,
                                                Precision precision);

// Runs one node whose operands are all constants, in single precision.
[[nodiscard]] std::vector<Tensor> fold_node(const Graph& graph, const Node& node);
[[nodiscard]] bool all_constant(const Graph& graph, const Node& node);

}  // namespace mote
