// fold-pad: a Pad of rows and columns in front of a window becomes the window's own padding.
//   Conv2d, DepthwiseConv2d   pads of 0: a skipped tap adds what a 0 adds
//   AveragePool2d             pads of 0, which count in the mean: count_include_pad
//   MaxPool2d                 pads of the lowest value; pads of 0 if the input is known to be >= 0
// The Pad itself stays for other readers.
#include <limits>

#include "passes/fixpoint.hpp"
#include "passes/fuse/fuse.hpp"
#include "passes/match.hpp"

namespace mote {
namespace {

using Integers = std::vector<std::int64_t>;

// Padding of [N,H,W,C] with one constant, as top, left, bottom, right.
struct ConstantPad {
  ValueId x{};
  Integers pads{};
  float value = 0.0F;
};

std::optional<ConstantPad> constant_pad(const Rewriter& rewriter, ValueId id) {
  const Node* node = rewriter.producer(id, "Pad");
  if (node == nullptr || node->inputs.size() > 1 || rewriter.type(id).shape.rank() != 4) return std::nullopt;
  const OpView op = rewriter.view(*node);
  if (op.text("mode") != "constant") return std::nullopt;
  const Integers all = pads_of_all_axes(op);
  if (std::ranges::any_of(all, [](std::int64_t pad) { return pad < 0; })) return std::nullopt;
  if (all[0] != 0 || all[3] != 0 || all[4] != 0 || all[7] != 0) return std::nullopt;
  return ConstantPad{.x = node->inputs[0],
                     .pads = {all[1], all[2], all[5], all[6]},
                     .value = op.has("value") ? op.real("value") : 0.0F};
}

bool is_never_negative(const Rewriter& rewriter, ValueId id) {
  constexpr std::string_view never_negative[] = {"Abs", "Exp", "HardSigmoid", "Relu", "Sigmoid", "Softmax", "Sqrt"};
  constexpr std::string_view only_chooses[] = {"MaxPool2d", "Reshape", "Transpose"};
  const Node* node = rewriter.producer(id);
  while (node != nullptr && is_one_of(node->op->name, only_chooses)) node = rewriter.producer(node->inputs[0]);
  if (node == nullptr) return false;
  if (is_one_of(node->op->name, never_negative)) return true;
  const OpView op = rewriter.view(*node);
  if (node->op->name == "Clip") return op.has("min") && op.real("min") >= 0.0F;
  return is_core_product(node->op->name) && op.has("low") && op.real("low") >= 0.0F;
}

bool zeros(const Integers& pads) {
  return std::ranges::all_of(pads, [](std::int64_t pad) { return pad == 0; });
}

Integers pads_of(const OpView& window) { return integers_or(window, "pads", {0, 0, 0, 0}); }

// Every window must still see an element of the input, or its maximum would be the lowest number instead of the pad.
bool max_pool_takes(const Rewriter& rewriter, const OpView& pool, const ConstantPad& pad) {
  if (may_see_only_padding(pool, pad.pads) || !zeros(pads_of(pool))) return false;
  const bool lowest = pad.value <= std::numeric_limits<float>::lowest();
  return lowest || (pad.value == 0.0F && is_never_negative(rewriter, pad.x));
}

// A pool that leaves its own pads out of the mean cannot count others in.
bool average_pool_takes(const OpView& pool, const ConstantPad& pad) {
  const bool counts = pool.integer("count_include_pad") != 0 || zeros(pads_of(pool));
  return counts && pad.value == 0.0F;
}

bool takes(const Rewriter& rewriter, const Node& node, const ConstantPad& pad) {
  const OpView op = rewriter.view(node);
  if (is_core_convolution(node.op->name)) return pad.value == 0.0F;
  if (node.op->name == "AveragePool2d") return average_pool_takes(op, pad);
  return node.op->name == "MaxPool2d" && max_pool_takes(rewriter, op, pad);
}

bool fold(Rewriter& rewriter, const Node& node) {
  const auto pad = node.inputs.empty() ? std::nullopt : constant_pad(rewriter, node.inputs[0]);
  if (!pad || !takes(rewriter, node, *pad)) return false;
  Attrs attrs = node.attrs;
  Integers pads = pads_of(rewriter.view(node));
  for (std::size_t i = 0; i < 4; ++i) pads[i] += pad->pads[i];
  attrs["pads"] = std::move(pads);
  if (node.op->name == "AveragePool2d") attrs["count_include_pad"] = std::int64_t{1};
  std::vector<ValueId> operands = node.inputs;
  operands[0] = pad->x;
  rewriter.emit_like(node, std::move(operands), std::move(attrs), node.outputs[0]);
  return true;
}

bool fold_once(Graph& graph) {
  Rewriter rewriter(std::move(graph));
  while (const Node* node = rewriter.next())
    if (!fold(rewriter, *node)) rewriter.keep();
  const bool changed = rewriter.changed();
  graph = std::move(rewriter).finish();
  return changed;
}

}  // namespace

Result<Graph> fold_pad(Graph graph, const PassContext&) {
  to_fixpoint(graph, fold_once);  // a Pad of a Pad takes a second round
  return graph;
}

}  // namespace mote
