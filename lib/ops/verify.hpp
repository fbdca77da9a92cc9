#pragma once
#include "lib/ir/graph.hpp"

namespace mote {

// Checks every invariant of a graph and reports all violations at once.
//   structure   ids in range; names unique; each value defined exactly once, before its first use; constants hold
//               exactly their bytes; quantisation parameters fit the shape; inputs are no constants
//   operators   arity, attributes complete and in range, output types equal to re-inferred ones
//   stage       from `canonical` on, every graph output is a value of its own that a node produces;
//               at `lowerable`, every operator has a kernel or is a view
// Errors: Code::malformed_graph (structure), those of the operators, Code::stage_violation.
[[nodiscard]] Status verify(const Graph& graph, Stage stage);

}  // namespace mote
