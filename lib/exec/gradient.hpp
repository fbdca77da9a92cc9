#pragma once
#include <span>

#include "lib/ir/graph.hpp"
#include "lib/support/result.hpp"

namespace mote {

// Reverse-mode differentiation, graph to graph (Griewank & Walther, Evaluating Derivatives, ch. 3): the graph with one
// more output for each of `variables`, the gradient of `loss` with respect to it, of its shape; zeros where the loss
// does not depend on it. Values, nodes and outputs of `graph` keep their places, so that a run gives both.
//   loss        a float of one element
//   variables   floats: inputs, constants or results of nodes
// An operator between the two without a gradient is refused (Code::unsupported_form). Operators that are written as
// others (lib/ops/expansion.hpp) must have been expanded.
[[nodiscard]] Result<Graph> differentiate(const Graph& graph, ValueId loss, std::span<const ValueId> variables);

}  // namespace mote
