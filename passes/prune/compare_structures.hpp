#pragma once
#include "lib/ir/graph.hpp"
#include "lib/plan/structure_report.hpp"

namespace mote {

// Of two graphs with the same nodes, which differ in their channels, and in convolutions that became two in a row
// (convolution_split.hpp).
[[nodiscard]] StructureReport compare_structures(const Graph& before, const Graph& after);
// One line: channels, multiply-accumulates and weights before and after.
[[nodiscard]] std::string summary_of(const StructureReport& report);

}  // namespace mote
