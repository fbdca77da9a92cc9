#pragma once
#include <string>
#include <vector>

#include "lib/ops/op_def.hpp"

namespace mote::ops {

// Shape::make with the node's place in the diagnostic.
[[nodiscard]] Result<Shape> make_shape(const OpView& op, std::vector<std::int64_t> extents);

// The type of a tensor whose elements are moved but not changed. Per-tensor quantisation survives; per-channel
// parameters belong to an axis that the new shape may not have.
[[nodiscard]] TensorType moved(const TensorType& from, Shape shape);

// "inputs 0 (f32) and 1 (s64) differ in element type": Code::unsupported_type.
[[nodiscard]] Status require_same_dtype(const OpView& op, std::size_t first, std::size_t second);

// Extents and counts fit by the bound of Shape; anything else is a defect of mote.
[[nodiscard]] std::int32_t field(std::int64_t value);

[[nodiscard]] std::string type_name(DType dtype);  // the C++ type, for KernelCall::types

}  // namespace mote::ops
