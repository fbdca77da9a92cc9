#pragma once
#include "passes/pass.hpp"

namespace mote {

// skip-zeros: integer products get their weights that are not 0 as a stream as well (operand `stream`,
// lib/ops/support/sparse_weights.hpp), which their kernels read instead, where that pays on the target: with
// Optimize::speed where it takes the fewest cycles (lib/plan/weight_rates.hpp), with size where it takes the fewest
// bytes, otherwise where it takes fewer cycles and no more bytes. Blocks are of 1, 2 or 4 output channels, under one
// input or, on cores that multiply bytes in pairs, under four, whichever is best: small ones where zeros are anywhere,
// more where they lie together. Four inputs take so few cycles there that with Optimize::speed even weights without
// zeros become streams. Products that share weights get the same blocks or none, so that no second form of the weights
// is stored beside it. Results are the same bit for bit.
[[nodiscard]] Result<Graph> skip_zeros(Graph graph, const PassContext& context);

}  // namespace mote
