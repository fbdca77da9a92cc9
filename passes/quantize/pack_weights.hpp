#pragma once
#include "passes/pass.hpp"

namespace mote {

// pack-weights: integer products whose weights all lie on -8..7 get them two in a byte as well (operand `packed`,
// lib/ops/support/half_bytes.hpp), which kernels read instead, where that saves more than the code that takes them apart.
[[nodiscard]] Result<Graph> pack_weights(Graph graph, const PassContext& context);

}  // namespace mote
