#pragma once
#include <optional>
#include <vector>

#include "lib/ops/op_def.hpp"

namespace mote {

// The views of a node, if they make it need no kernel: each output lies in an input (reshape, split), or each input
// lies in the one output and together they fill it (concat). Otherwise empty.
[[nodiscard]] std::vector<View> kernel_free_views(const Graph& graph, const Node& node);

// How `output` of the node lies in one of its inputs, when the node needs no kernel for that reason.
[[nodiscard]] std::optional<View> input_view_of(const Graph& graph, const Node& node, ValueId output);

}  // namespace mote
