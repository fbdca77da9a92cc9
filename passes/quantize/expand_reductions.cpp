// expand-reductions: when quantizing, reductions that no integer operator computes become sums and functions of one
// value, each with a grid of its own and the latter tables of 256 levels:
//   ReduceL1           sum of |x|
//   ReduceSumSquare    sum of x * x
//   ReduceLogSumExp    m + log(sum of exp(x - m)), m = the maximum
//   LogSoftmax         (x - m) - log(sum of exp(x - m))
// The differences are at most 0 and the sums at least 1, so that 8 bits hold exponentials and logarithms alike. The
// square root and the logarithm of a plain sum (ReduceL2, ReduceLogSum) stay real: near 0 a level of the sum is many of
// the result.
#include <array>

#include "passes/match.hpp"
#include "passes/permutation.hpp"
#include "passes/quantize/options.hpp"
#include "passes/quantize/quantize.hpp"

namespace mote {
namespace {

using Rule = bool (*)(Rewriter&, const Node&);  // false: not this form, keep the node

// The node's own axes, the reduced ones kept or not.
Attrs reduction(const Node& node, bool keeps) {
  Attrs attrs = node.attrs;
  attrs["keepdims"] = std::int64_t{keeps ? 1 : 0};
  return attrs;
}

Attrs over_axis(std::int64_t axis) { return {{"axes", std::vector<std::int64_t>{axis}}}; }

bool l1(Rewriter& rewriter, const Node& node) {
  rewriter.emit("ReduceSum", {rewriter.emit("Abs", {node.inputs[0]})}, node.attrs, node.outputs[0]);
  return true;
}

bool sum_square(Rewriter& rewriter, const Node& node) {
  rewriter.emit("ReduceSum", {rewriter.emit("Mul", {node.inputs[0], node.inputs[0]})}, node.attrs, node.outputs[0]);
  return true;
}

struct Exponentials {
  ValueId largest{}, distances{}, log_of_sum{};  // of the rows that `axes` leaves, reduced axes kept
};

Exponentials exponentials(Rewriter& rewriter, ValueId x, const Attrs& axes) {
  const ValueId largest = rewriter.emit("ReduceMax", {x}, axes);
  const ValueId distances = rewriter.emit("Sub", {x, largest});
  const ValueId sum = rewriter.emit("ReduceSum", {rewriter.emit("Exp", {distances})}, axes);
  return {.largest = largest, .distances = distances, .log_of_sum = rewriter.emit("Log", {sum})};
}

bool log_sum_exp(Rewriter& rewriter, const Node& node) {
  const Exponentials parts = exponentials(rewriter, node.inputs[0], reduction(node, true));
  const ValueId sum = rewriter.emit("Add", {parts.largest, parts.log_of_sum});
  emit_reshape(rewriter, sum, extents_of(rewriter.type(node.outputs[0]).shape), node.outputs[0]);
  return true;
}

bool log_softmax(Rewriter& rewriter, const Node& node) {
  const OpView op = rewriter.view(node);
  const Shape& shape = op.in(0).shape;
  const std::int64_t rank = static_cast<std::int64_t>(shape.rank()), given = op.integer("axis");
  const std::int64_t axis = given < 0 ? given + rank : given;
  if (axis >= rank) return false;
  for (std::int64_t later = axis + 1; op.integer("flatten") != 0 && later < rank; ++later)
    if (shape[static_cast<std::size_t>(later)] != 1) return false;  // rows of several axes
  const Exponentials parts = exponentials(rewriter, node.inputs[0], over_axis(axis));
  rewriter.emit("Sub", {parts.distances, parts.log_of_sum}, {}, node.outputs[0]);
  return true;
}

Rule rule_for(std::string_view op) {
  constexpr std::array<std::pair<std::string_view, Rule>, 4> rules{{{"LogSoftmax", log_softmax},
                                                                    {"ReduceL1", l1},
                                                                    {"ReduceLogSumExp", log_sum_exp},
                                                                    {"ReduceSumSquare", sum_square}}};
  const auto found = std::ranges::find(rules, op, [](const auto& rule) { return rule.first; });
  return found == rules.end() ? nullptr : found->second;
}

bool can_be_quantized(const Rewriter& rewriter, const Node& node) {
  const TensorType& type = rewriter.type(node.inputs[0]);
  const auto copies = node.attrs.find("noop_with_empty_axes");
  return type.dtype == DType::f32 && type.shape.elements() > 0 &&
         (copies == node.attrs.end() || std::get<std::int64_t>(copies->second) == 0);
}

}  // namespace

Result<Graph> expand_reductions(Graph graph, const PassContext& context) {
  if (context.quantize == nullptr || context.quantize->weights_only) return graph;
  Rewriter rewriter(std::move(graph));
  while (const Node* node = rewriter.next()) {
    const Node current = *node;
    const Rule rule = rule_for(current.op->name);
    if (rule == nullptr || !can_be_quantized(rewriter, current) || !rule(rewriter, current)) rewriter.keep();
  }
  return std::move(rewriter).finish();
}

}  // namespace mote
