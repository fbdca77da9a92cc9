#pragma once
#include <string>
#include <vector>

#include "codegen/emit.hpp"
#include "lib/ir/graph.hpp"

namespace mote::test {

// Builds a drop with one input and a main of its own that runs it on rows from a file; returns, row after row, the bytes
// of all outputs. Throws what the compiler or the program said. `graph`: the network of one row, as compiled.
[[nodiscard]] Bytes run_on_rows(const FileTree& drop, const Graph& graph, const Bytes& rows);

}  // namespace mote::test
