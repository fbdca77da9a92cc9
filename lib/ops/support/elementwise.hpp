#pragma once
#include <string>

#include "lib/ops/op_def.hpp"
#include "lib/ops/support/broadcast.hpp"
#include "lib/ops/support/walk.hpp"

namespace mote::ops {

// The call of `binary` or `ternary` (codegen/kernels/broadcast.hpp) for all inputs of the node,
// broadcast to its output. `header` holds the function.
[[nodiscard]] KernelCall broadcast_call(const OpView& op, std::string header, std::string function);
// The same of the first `operands` inputs.
[[nodiscard]] KernelCall broadcast_call(const OpView& op, std::size_t operands, std::string header,
                                        std::string function);

// Whether the output may lie on an operand of its shape: elements of one type, or single bytes, so that no write
// reaches an element that is still to be read.
[[nodiscard]] Traversal elementwise_traversal(const OpView& op);

// y[i] = f(a, b) with both operands broadcast.
template <class A, class B, class Y, class F>
void for_each_pair(const Tensor& a, const Tensor& b, Tensor& y, F f) {
  const std::array strides{broadcast_strides(a.shape, y.shape), broadcast_strides(b.shape, y.shape)};
  const auto left = a.as<A>();
  const auto right = b.as<B>();
  const auto result = y.as<Y>();
  for_each_position<2>(y.shape, strides, [&](std::size_t i, auto at) { result[i] = f(left[at[0]], right[at[1]]); });
}

}  // namespace mote::ops
