#pragma once
#include "passes/rewriter.hpp"

namespace mote {

// alpha * A' * B' + beta * C with constant B in f32: Dense with alpha in the weights; C becomes the bias where it is a
// constant row, else an Add.
[[nodiscard]] bool gemm_to_dense(Rewriter& rewriter, const Node& node);

// A * B with a constant matrix B in f32: Dense, the leading axes of A flattened into one. Also a constant matrix A
// times a column: Dense of the transposed matrix. False: some other form.
[[nodiscard]] bool matmul_to_dense(Rewriter& rewriter, const Node& node);

}  // namespace mote
