// How a Transpose passes through operators that name axes: the axis names change, the Transpose follows behind.
#include <algorithm>

#include "lib/ops/support/normalize_form.hpp"
#include "passes/canonical/layout.hpp"
#include "passes/match.hpp"

namespace mote {
namespace {

using Integers = std::vector<std::int64_t>;

std::size_t from_front(std::int64_t axis, std::size_t rank) {
  return static_cast<std::size_t>(axis < 0 ? axis + static_cast<std::int64_t>(rank) : axis);
}

std::int64_t source_axis(const Permutation& perm, std::int64_t axis) {
  return static_cast<std::int64_t>(perm[from_front(axis, perm.size())]);
}

Integers source_axes(const Permutation& perm, const Integers& axes) {
  Integers result;
  for (const std::int64_t axis : axes) result.push_back(source_axis(perm, axis));
  return result;
}

// One operand in, one result of the same rank out.
void through(Rewriter& rewriter, const Node& node, const Turned& x, Attrs attrs) {
  const ValueId result = rewriter.emit_like(node, {x.source}, std::move(attrs));
  emit_transpose(rewriter, result, x.perm, node.outputs[0]);
}

bool along_one_axis(Rewriter& rewriter, const Node& node, const Turned& x) {
  const OpView op = rewriter.view(node);
  if (op.has("flatten") && op.integer("flatten") != 0) return false;  // Softmax before opset 13 takes all later axes
  Attrs attrs = node.attrs;
  attrs["axis"] = source_axis(x.perm, op.integer("axis"));
  through(rewriter, node, x, std::move(attrs));
  return true;
}

// Parameters are read in the order of x: constants are turned, others may only have extents of 1 to move.
std::optional<ValueId> turned_parameter(Rewriter& rewriter, ValueId id, const Permutation& perm) {
  if (!id) return id;
  const Permutation back = inverse(perm);
  const Shape shape = rewriter.type(id).shape;
  if (rewriter.is_constant(id))
    return rewriter.constant(transposed(rewriter.graph().constant(id), back), std::string(rewriter.graph().at(id).name));
  if (!moves_no_element(back, shape)) return std::nullopt;
  return emit_reshape(rewriter, id, permuted(extents_of(shape), back));
}

bool normalize(Rewriter& rewriter, const Node& node, const Turned& x) {
  const Integers axes = source_axes(x.perm, rewriter.view(node).integers("axes"));
  std::vector<ValueId> operands{x.source};
  for (std::size_t i = 1; i < node.inputs.size(); ++i) {
    const auto parameter = turned_parameter(rewriter, node.inputs[i], x.perm);
    if (!parameter) return false;
    operands.push_back(*parameter);
  }
  const ValueId* given = operands.size() > 1 && operands[1] ? &operands[1] : operands.size() > 2 ? &operands[2] : nullptr;
  const std::vector<std::size_t> places(axes.begin(), axes.end());
  if (!ops::has_normalize_form(rewriter.type(x.source).shape, places, given != nullptr ? &rewriter.type(*given).shape : nullptr))
    return false;
  Attrs attrs = node.attrs;
  attrs["axes"] = axes;
  const ValueId result = rewriter.emit_like(node, std::move(operands), std::move(attrs));
  emit_transpose(rewriter, result, x.perm, node.outputs[0]);
  return true;
}

bool slice(Rewriter& rewriter, const Node& node, const Turned& x) {
  const OpView op = rewriter.view(node);
  Attrs attrs = node.attrs;
  if (op.has("axes")) {
    attrs["axes"] = source_axes(x.perm, op.integers("axes"));
  } else {
    const std::size_t count = op.integers("starts").size();
    attrs["axes"] = Integers(x.perm.begin(), x.perm.begin() + static_cast<std::ptrdiff_t>(count));
  }
  through(rewriter, node, x, std::move(attrs));
  return true;
}

// `pads` holds all begins, then all ends, of every axis or of those in `axes`.
bool pad(Rewriter& rewriter, const Node& node, const Turned& x) {
  const OpView op = rewriter.view(node);
  if (node.inputs.size() > 1) return false;
  Attrs attrs = node.attrs;
  if (op.has("axes")) {
    attrs["axes"] = source_axes(x.perm, op.integers("axes"));
  } else {
    const Integers& pads = op.integers("pads");
    const std::size_t rank = x.perm.size();
    Integers turned_pads(2 * rank);
    for (std::size_t i = 0; i < rank; ++i) {
      turned_pads[x.perm[i]] = pads[i];
      turned_pads[rank + x.perm[i]] = pads[rank + i];
    }
    attrs["pads"] = std::move(turned_pads);
  }
  through(rewriter, node, x, std::move(attrs));
  return true;
}

// Without its reduced axes, a permutation orders those that are left.
Permutation without(const Permutation& perm, const Integers& reduced) {
  const auto is_reduced = [&](std::size_t axis) {
    return std::ranges::find(reduced, static_cast<std::int64_t>(axis)) != reduced.end();
  };
  Permutation left;
  for (const std::size_t axis : perm) {
    if (is_reduced(axis)) continue;
    std::size_t before = 0;
    for (std::size_t earlier = 0; earlier < axis; ++earlier) before += is_reduced(earlier) ? 1U : 0U;
    left.push_back(axis - before);
  }
  return left;
}

bool reduced_over(Rewriter& rewriter, const Node& node, const Turned& x, Attrs attrs, const Integers& axes) {
  const bool keeps = rewriter.view(node).integer("keepdims") != 0;
  const ValueId result = rewriter.emit_like(node, {x.source}, std::move(attrs));
  emit_transpose(rewriter, result, keeps ? x.perm : without(x.perm, axes), node.outputs[0]);
  return true;
}

bool reduce(Rewriter& rewriter, const Node& node, const Turned& x) {
  const OpView op = rewriter.view(node);
  if (!op.has("keepdims") || !op.has("axes") || op.integers("axes").empty()) return false;
  Integers axes = source_axes(x.perm, op.integers("axes"));
  std::ranges::sort(axes);
  Attrs attrs = node.attrs;
  attrs["axes"] = axes;
  return reduced_over(rewriter, node, x, std::move(attrs), axes);
}

bool arg(Rewriter& rewriter, const Node& node, const Turned& x) {
  const OpView op = rewriter.view(node);
  if (!op.has("keepdims") || !op.has("axis")) return false;
  const std::int64_t axis = source_axis(x.perm, op.integer("axis"));
  Attrs attrs = node.attrs;
  attrs["axis"] = axis;
  return reduced_over(rewriter, node, x, std::move(attrs), {axis});
}

// Rows and columns must still be neighbours, in this order.
bool images(Rewriter& rewriter, const Node& node, const Turned& x) {
  Attrs attrs = node.attrs;
  const auto rows = static_cast<std::size_t>(rewriter.view(node).integer("axis"));
  if (x.perm[rows] + 1 != x.perm[rows + 1]) return false;
  attrs["axis"] = static_cast<std::int64_t>(x.perm[rows]);
  std::vector<ValueId> operands = node.inputs;
  operands[0] = x.source;
  const ValueId result = rewriter.emit_like(node, std::move(operands), std::move(attrs));
  emit_transpose(rewriter, result, x.perm, node.outputs[0]);
  return true;
}

// A single pixel that a Reshape gave its channels in front: what images it becomes should have them last as well.
std::optional<Turned> turned_pixel(const Rewriter& rewriter, ValueId id) {
  const Node* node = rewriter.producer(id, "Reshape");
  if (node == nullptr) return std::nullopt;
  const Integers last = extents_of(rewriter.type(node->inputs[0]).shape), first = extents_of(rewriter.type(id).shape);
  if (last.size() != 4 || last[1] != 1 || last[2] != 1 || first != Integers{last[0], last[3], 1, 1}) return std::nullopt;
  return Turned{.source = node->inputs[0], .perm = {0, 3, 1, 2}};
}

bool split(Rewriter& rewriter, const Node& node, const Turned& x) {
  Attrs attrs = node.attrs;
  attrs["axis"] = source_axis(x.perm, rewriter.view(node).integer("axis"));
  const std::vector<ValueId> results = rewriter.emit_results_like(node, {x.source}, std::move(attrs));
  for (std::size_t i = 0; i < results.size(); ++i)
    if (results[i]) emit_transpose(rewriter, results[i], x.perm, node.outputs[i]);
  return true;
}

bool reshape(Rewriter& rewriter, const Node& node, const Turned& x) {
  const auto order = reshape_first(rewriter.type(x.source).shape, x.perm, rewriter.type(node.outputs[0]).shape);
  if (!order) return false;
  const ValueId result = emit_reshape(rewriter, x.source, order->reshape);
  emit_transpose(rewriter, result, order->perm, node.outputs[0]);
  return true;
}

using Rule = bool (*)(Rewriter&, const Node&, const Turned&);
struct Row {
  std::string_view op;
  Rule rule;
};
constexpr Row rules[] = {{"ArgMax", arg},
                         {"ArgMin", arg},
                         {"LogSoftmax", along_one_axis},
                         {"Normalize", normalize},
                         {"Pad", pad},
                         {"ReduceL1", reduce},
                         {"ReduceL2", reduce},
                         {"ReduceLogSum", reduce},
                         {"ReduceLogSumExp", reduce},
                         {"ReduceMax", reduce},
                         {"ReduceMean", reduce},
                         {"ReduceMin", reduce},
                         {"ReduceProd", reduce},
                         {"ReduceSum", reduce},
                         {"ReduceSumSquare", reduce},
                         {"Resample2d", images},
                         {"Reshape", reshape},
                         {"Select2d", images},
                         {"Slice", slice},
                         {"Softmax", along_one_axis},
                         {"Split", split}};

}  // namespace

std::optional<Turned> turned(const Rewriter& rewriter, ValueId id) {
  const Node* node = rewriter.producer(id, "Transpose");
  if (node == nullptr) return std::nullopt;
  return Turned{.source = node->inputs[0], .perm = permutation_of(rewriter.view(*node))};
}

bool sink_through_axes(Rewriter& rewriter, const Node& node) {
  const auto row = std::ranges::find(rules, node.op->name, &Row::op);
  if (row == std::end(rules)) return false;
  auto x = turned(rewriter, node.inputs[0]);
  if (!x && row->rule == images) x = turned_pixel(rewriter, node.inputs[0]);
  return x && row->rule(rewriter, node, *x);
}

}  // namespace mote
