#pragma once
#include <string>
#include <vector>

#include "lib/ir/graph.hpp"

namespace mote {

// The names that an imported model gives to the classes of an output, be it labels or scores; empty if it gives none.
[[nodiscard]] std::vector<std::string> class_names_of(const Graph& graph, ValueId output);

}  // namespace mote
