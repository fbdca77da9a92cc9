#pragma once
#include "passes/pass.hpp"

// Passes that bring every exporter's dialect to one small core: channels last, constants folded, no decoration. Each
// has its own file, where the patterns are documented.
namespace mote {

[[nodiscard]] Result<Graph> common_subexpressions(Graph graph, const PassContext& context);
[[nodiscard]] Result<Graph> dead_code(Graph graph, const PassContext& context);
[[nodiscard]] Result<Graph> decompose(Graph graph, const PassContext& context);
[[nodiscard]] Result<Graph> drop_identity(Graph graph, const PassContext& context);
[[nodiscard]] Result<Graph> expand(Graph graph, const PassContext& context);
[[nodiscard]] Result<Graph> fold_constants(Graph graph, const PassContext& context);
[[nodiscard]] Result<Graph> simplify_reshapes(Graph graph, const PassContext& context);
[[nodiscard]] Result<Graph> sink_transposes(Graph graph, const PassContext& context);
[[nodiscard]] Result<Graph> to_nhwc(Graph graph, const PassContext& context);

}  // namespace mote
