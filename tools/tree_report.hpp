#pragma once
#include "lib/ir/graph.hpp"
#include "tools/command.hpp"

namespace mote {

// Appends what the decision trees of an imported graph are made of: a paragraph for each ensemble, "trees" in the JSON.
// Nothing for a model without trees.
void describe_trees(const Graph& graph, Report& report);

}  // namespace mote
