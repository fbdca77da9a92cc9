#pragma once
#include "lib/ops/op_def.hpp"

namespace mote::ops {

// For operators whose first output has the bytes of their first input: the whole view, the evaluation, and the kernel
// for where the planner cannot use the view (a graph input that is also a graph output).
[[nodiscard]] std::vector<View> whole_view(const OpView& op);
void copy_eval(const OpView& op, Operands in, Outputs out);
[[nodiscard]] Result<KernelCall> lower_copy(const OpView& op, const Target& target);

// The kernel call that moves blocks of `block` consecutive elements, see codegen/kernels/strided_copy.hpp.
// `strides`: per axis of the output, elements of the input to skip.
[[nodiscard]] KernelCall strided_copy_call(const OpView& op, std::int64_t start, std::vector<std::int64_t> extents,
                                           std::vector<std::int64_t> strides);

}  // namespace mote::ops
