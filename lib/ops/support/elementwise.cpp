#include "lib/ops/support/elementwise.hpp"

#include <algorithm>

namespace mote::ops {

Traversal elementwise_traversal(const OpView& op) {
  const TensorType& y = op.out(0);
  const bool safe = std::ranges::all_of(op.node.inputs, [&](ValueId id) {
    if (!id || op.graph.at(id).type.shape != y.shape) return true;
    return op.graph.at(id).type.dtype == y.dtype || byte_size(y.dtype) == 1;
  });
  return safe ? Traversal::elementwise : Traversal::opaque;
}

KernelCall broadcast_call(const OpView& op, std::string header, std::string function) {
  return broadcast_call(op, op.node.inputs.size(), std::move(header), std::move(function));
}

KernelCall broadcast_call(const OpView& op, std::size_t operands, std::string header, std::string function) {
  const Shape& shape = op.out(0).shape;
  Walk walk{.extents = {shape.extents().begin(), shape.extents().end()}, .strides = {}};
  for (std::size_t i = 0; i < operands; ++i)
    walk.strides.push_back(broadcast_strides(op.in(i).shape, shape));
  KernelCall call{.header = std::move(header),
                  .kernel = operands == 2 ? "binary" : "ternary",
                  .types = {std::move(function)},
                  .operands = {op.node.inputs.begin(), op.node.inputs.begin() + static_cast<std::ptrdiff_t>(operands)},
                  .traversal = elementwise_traversal(op)};
  call.operands.push_back(op.node.outputs[0]);
  append_walk(call.fields, merged(walk));
  return call;
}

}  // namespace mote::ops
