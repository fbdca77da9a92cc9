#pragma once
#include <vector>

#include "lib/plan/check_memory.hpp"
#include "lib/support/result.hpp"

namespace mote {

// What the bytes of every value are made of: bytes that a node with a step computes, of graph inputs and of constants
// are themselves; bytes of a view are those of the values it stands for. `has_step` is by node.
// Fails when a node has neither a step nor views that account for all of its outputs.
[[nodiscard]] Result<std::vector<std::vector<Content>>> contents_of(const Graph& graph,
                                                                    const std::vector<bool>& has_step);

}  // namespace mote
