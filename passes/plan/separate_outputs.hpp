#pragma once
#include <vector>

#include "lib/ir/graph.hpp"

namespace mote {

// A graph whose outputs each fill a buffer of their own, and the nodes that were added for it.
struct SeparatedGraph {
  Graph graph{};
  std::vector<bool> is_copy{};  // by node: an Identity that must run its kernel although it is a view by nature
};

// Adds a copy for every output that has no bytes of its own: a graph input, a constant, a part of a larger tensor, or
// bytes that another output has already. Names of outputs stay.
[[nodiscard]] SeparatedGraph separate_outputs(Graph graph);

}  // namespace mote
