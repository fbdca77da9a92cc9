#include "lib/ops/support/axes.hpp"

#include <algorithm>
#include <numeric>
#include <string>

namespace mote::ops {

std::size_t from_front(std::int64_t axis, std::size_t rank) {
  return static_cast<std::size_t>(axis < 0 ? axis + static_cast<std::int64_t>(rank) : axis);
}

Result<std::size_t> normalized_axis(const OpView& op, std::string_view attr, std::int64_t axis, std::size_t rank) {
  const auto limit = static_cast<std::int64_t>(rank);
  if (axis < -limit || axis >= limit) {
    const std::string range = rank == 0 ? "a scalar has no axes"
                                        : "must be " + std::to_string(-limit) + ".." + std::to_string(limit - 1) +
                                              " for a tensor of rank " + std::to_string(rank);
    return at(op, Code::attribute_range, std::string(attr) + " is " + std::to_string(axis) + ", " + range);
  }
  return from_front(axis, rank);
}

Result<std::vector<std::size_t>> normalized_axes(const OpView& op, std::string_view attr,
                                                 std::span<const std::int64_t> axes, std::size_t rank) {
  std::vector<std::size_t> result;
  for (const std::int64_t axis : axes) {
    MOTE_TRY(const std::size_t normal, normalized_axis(op, attr, axis, rank));
    if (std::ranges::find(result, normal) != result.end())
      return at(op, Code::attribute_range, std::string(attr) + " names axis " + std::to_string(normal) + " twice");
    result.push_back(normal);
  }
  return result;
}

Result<std::vector<std::size_t>> axes_or_all(const OpView& op, std::string_view attr, std::size_t rank) {
  if (op.has(attr)) return normalized_axes(op, attr, op.integers(attr), rank);
  std::vector<std::size_t> all(rank);
  std::iota(all.begin(), all.end(), std::size_t{0});
  return all;
}

std::size_t checked_axis(const OpView& op, std::string_view attr, std::size_t rank) {
  const std::size_t axis = from_front(op.integer(attr), rank);
  MOTE_CHECK(axis < rank);
  return axis;
}

AxisSplit split_at(const Shape& shape, std::size_t axis) {
  const auto extents = shape.extents();
  return {.outer = product(extents.first(axis)), .extent = extents[axis], .inner = product(extents.subspan(axis + 1))};
}

std::int64_t product(std::span<const std::int64_t> extents) {
  return std::accumulate(extents.begin(), extents.end(), std::int64_t{1}, std::multiplies<>{});
}

}  // namespace mote::ops
