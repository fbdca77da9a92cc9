#pragma once
#include "lib/ir/graph.hpp"

namespace mote {

// Makes every graph output the result of a node: where the model returns an input or a constant, an Identity is added,
// so that no later stage meets an output that nothing writes. The output keeps the model's name.
void produce_outputs(Graph& graph);

// Removes constants that no node reads, such as the steps of folded shapes; other values keep their order.
void drop_unread_constants(Graph& graph);

}  // namespace mote
