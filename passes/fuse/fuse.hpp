#pragma once
#include "passes/pass.hpp"

// Passes that fold cheap operators into the core products next to them. Each has its own file, where the patterns and
// the conditions under which they are exact are documented.
namespace mote {

[[nodiscard]] Result<Graph> scale_features(Graph graph, const PassContext& context);
[[nodiscard]] Result<Graph> fold_batch_norm(Graph graph, const PassContext& context);
[[nodiscard]] Result<Graph> fold_pad(Graph graph, const PassContext& context);
[[nodiscard]] Result<Graph> fuse_clamp(Graph graph, const PassContext& context);
[[nodiscard]] Result<Graph> fuse_residual(Graph graph, const PassContext& context);

}  // namespace mote
