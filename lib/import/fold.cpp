#include "lib/import/fold.hpp"

#include <algorithm>

#include "lib/ops/evaluate.hpp"

namespace mote {
namespace {

bool asks_for_types_only(const Node& node) { return node.op->name == "Shape" || node.op->name == "Size"; }

std::int64_t output_bytes(const Graph& graph, const Node& node) {
  std::int64_t bytes = 0;
  for (const ValueId id : node.outputs)
    if (id) bytes += graph.at(id).type.bytes();
  return bytes;
}

// Elements read and written, plus arithmetic: a bound on the time that evaluation takes.
std::int64_t work_of(const Graph& graph, const Node& node) {
  std::int64_t work = output_bytes(graph, node) + (node.op->macs ? node.op->macs({graph, node}) : 0);
  for (const ValueId id : node.inputs)
    if (id) work += graph.at(id).type.bytes();
  return work;
}

}  // namespace

std::optional<std::vector<Tensor>> Folder::fold(const Graph& graph, const Node& node) {
  const bool types_only = asks_for_types_only(node);
  if (node.op->name == "DequantizeLinear" || !(types_only || all_constant(graph, node))) return std::nullopt;
  if (output_bytes(graph, node) > limits_.folded_bytes) return std::nullopt;
  if (types_only) {
    const TensorType& type = graph.at(node.inputs.front()).type;
    const Tensor typed{.dtype = type.dtype, .shape = type.shape, .bytes = {}};
    const Tensor* operand = &typed;
    return evaluate_node(graph, node, {&operand, 1}, Precision::single);
  }
  const std::int64_t work = work_of(graph, node);
  if (work > work_left_) return std::nullopt;
  work_left_ -= work;
  return fold_node(graph, node);
}

}  // namespace mote
