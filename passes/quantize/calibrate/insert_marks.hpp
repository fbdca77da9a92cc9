#pragma once
#include <map>

#include "lib/quant/grid.hpp"
#include "passes/quantize/marking.hpp"

namespace mote {

using GridOfGroup = std::map<std::size_t, Grid>;  // by group of the marking

// Puts FakeQuantize behind every marked value. A graph output keeps its name, which then belongs to the quantized one.
[[nodiscard]] Graph insert_marks(Graph graph, const Marking& marking, const GridOfGroup& grids);

}  // namespace mote
