#pragma once
#include "lib/exec/host_program.hpp"

namespace mote {

// The fast form of a node of f32 tensors; empty: its operator's eval is all there is. What it needs to know of the node
// is taken now, so that the graph need not outlive the call.
[[nodiscard]] HostKernel host_kernel(const OpView& op);

// By family; empty for nodes of other families and for forms that have no fast one.
[[nodiscard]] HostKernel host_elementwise(
    const OpView& op);                                      // arithmetic, comparisons, Where, Expand, Relu, FakeQuantize and its kin
[[nodiscard]] HostKernel host_product(const OpView& op);    // Gemm, MatMul, Dense, Conv2d, DepthwiseConv2d
[[nodiscard]] HostKernel host_movement(const OpView& op);   // Unfold2d, Fold2d, Reshape and its kin
[[nodiscard]] HostKernel host_reduction(const OpView& op);  // ReduceSum, ReduceMean

}  // namespace mote
