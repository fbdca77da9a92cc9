#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "lib/ops/op_def.hpp"

namespace mote::ops {

// An axis counted from the front (0..rank-1) or from the back (-1..-rank), as ONNX allows everywhere since opset 11;
// the result counts from the front. `attr` names the attribute in the diagnostic (Code::attribute_range).
[[nodiscard]] Result<std::size_t> normalized_axis(const OpView& op, std::string_view attr, std::int64_t axis,
                                                  std::size_t rank);

// The same for a list; rejects an axis that is named twice. Keeps the order of the list.
[[nodiscard]] Result<std::vector<std::size_t>> normalized_axes(const OpView& op, std::string_view attr,
                                                               std::span<const std::int64_t> axes, std::size_t rank);

// The axes an optional list attribute names; absent: every axis of the tensor in order.
[[nodiscard]] Result<std::vector<std::size_t>> axes_or_all(const OpView& op, std::string_view attr, std::size_t rank);

// The axis an integer attribute names, for code that runs after `infer` has accepted the node.
[[nodiscard]] std::size_t checked_axis(const OpView& op, std::string_view attr, std::size_t rank);
[[nodiscard]] std::size_t from_front(std::int64_t axis, std::size_t rank);

// A shape seen from one axis: outer * extent * inner elements, row-major.
struct AxisSplit {
  std::int64_t outer = 1, extent = 1, inner = 1;
};
[[nodiscard]] AxisSplit split_at(const Shape& shape, std::size_t axis);

// The product of extents that belong to one Shape; 1 for an empty range. Shape::make bounds it.
[[nodiscard]] std::int64_t product(std::span<const std::int64_t> extents);

}  // namespace mote::ops
