#pragma once
#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "lib/ops/op_def.hpp"

namespace mote::ops {

// A nest of loops over an output in row-major order, with for each operand the elements to skip per step of each loop.
// Described to kernels by the fields of codegen/kernels/walk.hpp.
struct Walk {
  std::vector<std::int64_t> extents{};
  std::vector<std::vector<std::int64_t>> strides{};  // one list per operand, as long as `extents`

  bool operator==(const Walk&) const = default;
};

// The same walk with as few loops as possible: loops of extent 1 vanish, and two neighbours become one where every
// operand steps through them evenly (outer stride == inner extent * inner stride). At least one loop remains.
[[nodiscard]] Walk merged(const Walk& walk);

// Appends rank, extent0.., a_stride0.., b_stride0.. (loops outermost first, operands in order a, b, c).
void append_walk(std::vector<std::pair<std::string, KernelField>>& fields, const Walk& walk);

// Calls visit(output index, {operand indices}) for every position of an output shape in row-major order.
template <std::size_t N, class Visit>
void for_each_position(const Shape& shape, const std::array<std::vector<std::int64_t>, N>& strides, Visit visit) {
  std::vector<std::int64_t> position(shape.rank(), 0);
  std::array<std::size_t, N> index{};
  for (std::int64_t i = 0; i < shape.elements(); ++i) {
    for (std::size_t n = 0; n < N; ++n) {
      std::int64_t offset = 0;
      for (std::size_t axis = 0; axis < position.size(); ++axis) offset += position[axis] * strides[n][axis];
      index[n] = static_cast<std::size_t>(offset);
    }
    visit(static_cast<std::size_t>(i), index);
    for (std::size_t axis = position.size(); axis-- > 0;) {
      if (++position[axis] < shape[axis]) break;
      position[axis] = 0;
    }
  }
}

}  // namespace mote::ops
