#include "lib/ops/support/broadcast.hpp"

#include <algorithm>

#include "lib/ops/support/types.hpp"

namespace mote::ops {
namespace {

// The extent of `shape` at `axis` of a result of rank `rank`; axes in front of the shape count as 1.
std::int64_t aligned_extent(const Shape& shape, std::size_t axis, std::size_t rank) {
  const std::size_t missing = rank - shape.rank();
  return axis < missing ? 1 : shape[axis - missing];
}

std::string list_text(std::span<const Shape> shapes) {
  std::string text;
  for (const Shape& shape : shapes) text += (text.empty() ? "" : " and ") + shape.text();
  return text;
}

}  // namespace

Result<Shape> broadcast_shape(const OpView& op, std::span<const Shape> shapes) {
  std::size_t rank = 0;
  for (const Shape& shape : shapes) rank = std::max(rank, shape.rank());
  std::vector<std::int64_t> extents(rank, 1);
  for (const Shape& shape : shapes) {
    for (std::size_t axis = 0; axis < rank; ++axis) {
      const std::int64_t extent = aligned_extent(shape, axis, rank);
      if (extent == 1 || extent == extents[axis]) continue;
      if (extents[axis] != 1)
        return at(op, Code::shape_mismatch,
                  list_text(shapes) + " cannot be broadcast: extents " + std::to_string(extents[axis]) + " and " +
                      std::to_string(extent) + " meet",
                  {"aligned at the last axis, extents must be equal or 1"});
      extents[axis] = extent;
    }
  }
  return make_shape(op, std::move(extents));
}

Result<Shape> broadcast_inputs(const OpView& op) {
  std::vector<Shape> shapes;
  for (std::size_t i = 0; i < op.node.inputs.size(); ++i)
    if (op.has_in(i)) shapes.push_back(op.in(i).shape);
  return broadcast_shape(op, shapes);
}

std::vector<std::int64_t> broadcast_strides(const Shape& operand, const Shape& result) {
  const std::size_t missing = result.rank() - operand.rank();
  const std::vector<std::int64_t> own = operand.strides();
  std::vector<std::int64_t> strides(result.rank(), 0);
  for (std::size_t axis = 0; axis < operand.rank(); ++axis)
    if (operand[axis] != 1) strides[axis + missing] = own[axis];
  return strides;
}

}  // namespace mote::ops
