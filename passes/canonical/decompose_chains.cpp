#include "passes/canonical/decompose_chains.hpp"

#include <algorithm>


namespace mote {
namespace {

// All operands, joined from left to right; the last result is written to `output`.
ValueId chain(Rewriter& rewriter, const Node& node, std::string_view op, ValueId output) {
  const std::vector<ValueId> operands = node.inputs;
  ValueId joined = operands[0];
  for (std::size_t i = 1; i < operands.size(); ++i)
    joined = rewriter.emit(op, {joined, operands[i]}, {}, i + 1 == operands.size() ? output : ValueId{});
  return joined;
}

// What the kernel of three and more operands cannot read: neither the whole output nor a single element.
bool has_partial_operand(const Rewriter& rewriter, const Node& node) {
  const std::int64_t all = rewriter.type(node.outputs[0]).shape.elements();
  return node.inputs.size() > 2 && std::ranges::any_of(node.inputs, [&](ValueId id) {
           const std::int64_t own = rewriter.type(id).shape.elements();
           return own != all && own != 1;
         });
}

std::int64_t loops_of_tile(const Shape& shape, std::span<const std::int64_t> repeats) {
  // Two loops for a repeated axis; axes that are not follow the axis before them, if there is one.
  const bool leading = shape.rank() > 0 && repeats[0] == 1;
  return 2 * std::ranges::count_if(repeats, [](std::int64_t repeat) { return repeat != 1; }) + (leading ? 1 : 0);
}

}  // namespace

bool sum_to_adds(Rewriter& rewriter, const Node& node) {
  if (node.inputs.size() < 2) return false;
  chain(rewriter, node, "Add", node.outputs[0]);
  return true;
}

bool extreme_to_chain(Rewriter& rewriter, const Node& node) {
  if (!has_partial_operand(rewriter, node)) return false;
  chain(rewriter, node, node.op->name, node.outputs[0]);
  return true;
}

bool mean_to_chain(Rewriter& rewriter, const Node& node) {
  if (!has_partial_operand(rewriter, node)) return false;
  const TensorType& type = rewriter.type(node.outputs[0]);
  Tensor count = Tensor::zeros(type.dtype, {});
  visit_dtype(type.dtype, [&]<class T>() { count.as<T>()[0] = static_cast<T>(node.inputs.size()); });
  const ValueId divisor = rewriter.constant(count, rewriter.graph().at(node.outputs[0]).name + "_count");
  const ValueId sum = chain(rewriter, node, "Add", {});
  rewriter.emit("Div", {sum, divisor}, {}, node.outputs[0]);
  return true;
}

bool tile_to_chain(Rewriter& rewriter, const Node& node) {
  const std::vector<std::int64_t> repeats = rewriter.view(node).integers("repeats");
  const Shape shape = rewriter.type(node.inputs[0]).shape;
  const auto loops = static_cast<std::int64_t>(Shape::max_rank);
  if (loops_of_tile(shape, repeats) <= loops) return false;
  ValueId tiled = node.inputs[0];
  for (std::size_t axis = repeats.size(); axis > 0;) {
    std::vector<std::int64_t> some(repeats.size(), 1);
    for (; axis > 0; --axis) {
      some[axis - 1] = repeats[axis - 1];
      if (loops_of_tile(shape, some) <= loops) continue;
      some[axis - 1] = 1;
      break;
    }
    tiled = rewriter.emit("Tile", {tiled}, {{"repeats", std::move(some)}}, axis == 0 ? node.outputs[0] : ValueId{});
  }
  return true;
}

}  // namespace mote
