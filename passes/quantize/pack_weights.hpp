#pragma once
#include "passes/pass.hpp"

namespace mote {

// pack-weights: weights in fewer bytes, which kernels read instead, where that saves more than the code that takes them
// apart. Real ones that are an integer of 8 or 4 bits times a scale of their channel, in every bit, become these integers
// (operands `levels` and `scale`, lib/ops/support/weight_levels.hpp), unless speed is asked for. Integer products whose weights all lie on -8..7 get them two in a byte as well (operand `packed`,
// lib/ops/support/half_bytes.hpp).
[[nodiscard]] Result<Graph> pack_weights(Graph graph, const PassContext& context);

}  // namespace mote
