#pragma once
#include <span>
#include <string>

#include "lib/ir/graph.hpp"
#include "lib/support/result.hpp"

namespace mote {

// Makes every graph output the result of a node: where the model returns an input or a constant, an Identity is added,
// so that no later stage meets an output that nothing writes. The output keeps the model's name.
void produce_outputs(Graph& graph);

// Leaves the outputs with these names, in the model's order; an error lists the names there are.
[[nodiscard]] Status keep_outputs(Graph& graph, std::span<const std::string> names);

// Removes constants that no node reads, such as the steps of folded shapes; other values keep their order.
void drop_unread_constants(Graph& graph);

}  // namespace mote
