#pragma once
#include <functional>
#include <string>
#include <vector>

#include "lib/import/problems.hpp"
#include <onnx/onnx_pb.h>

namespace mote {

// The node of the user's model as a place for diagnostics: its name, or "#12" (its position) where it has none.
[[nodiscard]] Locus locus_of(const onnx::NodeProto& node, int index);

// An order of the nodes in which every value is defined before it is read; the file's own order where that is one
// (Kahn's algorithm, smallest position first). `is_given` says which names are inputs or constants. Reports names that
// are defined twice or never, and cycles; nodes in or behind a cycle are left out.
[[nodiscard]] std::vector<int> order_nodes(const onnx::GraphProto& graph,
                                           const std::function<bool(const std::string&)>& is_given, Problems& problems);

}  // namespace mote
