#pragma once
#include "passes/pass.hpp"

// Passes that bring every exporter's dialect to one small core: NHWC, constants folded, no decoration. Each has its
// own file, where the patterns are documented.
namespace mote {

[[nodiscard]] Result<Graph> drop_identity(Graph graph, const PassContext& context);
[[nodiscard]] Result<Graph> dead_code(Graph graph, const PassContext& context);

}  // namespace mote
