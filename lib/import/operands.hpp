#pragma once
#include "lib/import/problems.hpp"
#include "lib/ops/op_def.hpp"

namespace mote {

// Newer operator sets pass axes, shapes, bounds and the like as inputs; in the IR they are always attributes
// (AttrSpec::operand). Moves them from `node.inputs` to `node.attrs` and closes the gaps. Reports operands that are not
// constant (with the graph inputs to fix), of the wrong kind, or also given as an attribute.
[[nodiscard]] bool move_operands(const Graph& graph, Node& node, Problems& problems);

}  // namespace mote
