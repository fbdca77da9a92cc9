#pragma once
#include <span>
#include <vector>

#include "lib/ops/op_def.hpp"

namespace mote::ops {

// Multidirectional (NumPy) broadcasting: shapes are aligned at their last axis, an extent of 1 repeats.
// Rejects extents that differ and are not 1 (Code::shape_mismatch).
[[nodiscard]] Result<Shape> broadcast_shape(const OpView& op, std::span<const Shape> shapes);
[[nodiscard]] Result<Shape> broadcast_inputs(const OpView& op);  // of all inputs that are present

// Elements of `operand` to skip for one step along each axis of `result`; 0 where the operand repeats.
[[nodiscard]] std::vector<std::int64_t> broadcast_strides(const Shape& operand, const Shape& result);

}  // namespace mote::ops
