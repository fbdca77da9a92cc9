// to-nhwc: Conv, MaxPool and AveragePool over one or two spatial axes become the core operators, which keep channels
// last; Transposes around them restore the model's layout and are sink-transposes' business. One spatial axis is an
// image of height 1. Weights, which must be constant, are laid out anew here; auto_pad becomes explicit pads.
#include "lib/ops/support/window.hpp"
#include "passes/canonical/canonical.hpp"
#include "passes/match.hpp"
#include "passes/permutation.hpp"

namespace mote {
namespace {

using Extents = std::vector<std::int64_t>;

ValueId turned_to_last(Rewriter& rewriter, ValueId x) {
  const Extents extents = extents_of(rewriter.type(x).shape);
  if (extents.size() == 4) return emit_transpose(rewriter, x, {0, 2, 3, 1});
  const ValueId turned = emit_transpose(rewriter, x, {0, 2, 1});
  return emit_reshape(rewriter, turned, {extents[0], 1, extents[2], extents[1]});
}

// x [N,C,(H,)W] as [N,H,W,C]. A Pad of x is done behind the Transpose, where fold-pad looks for it.
ValueId channels_last(Rewriter& rewriter, ValueId x) {
  const Node* found = rewriter.producer(x, "Pad");
  if (found == nullptr || rewriter.view(*found).text("mode") != "constant") return turned_to_last(rewriter, x);
  const Node pad = *found;
  Extents pads = pads_of_all_axes(rewriter.view(pad));
  if (pads.size() == 6) pads = {pads[0], pads[1], 0, pads[2], pads[3], pads[4], 0, pads[5]};
  Attrs attrs = pad.attrs;
  attrs.erase("axes");
  attrs["pads"] = Extents{pads[0], pads[2], pads[3], pads[1], pads[4], pads[6], pads[7], pads[5]};
  return rewriter.emit_like(pad, {turned_to_last(rewriter, pad.inputs[0])}, std::move(attrs));
}

// The way back, into the model's own value.
void channels_first(Rewriter& rewriter, ValueId y, ValueId output) {
  const Extents extents = extents_of(rewriter.type(y).shape);
  if (rewriter.type(output).shape.rank() == 4) {
    emit_transpose(rewriter, y, {0, 3, 1, 2}, output);
  } else {
    const ValueId row = emit_reshape(rewriter, y, {extents[0], extents[2], extents[3]});
    emit_transpose(rewriter, row, {0, 2, 1}, output);
  }
}

struct Window2d {
  Extents kernel, strides, dilations, pads;
};

Window2d window_2d(const ops::Window& window) {
  const ops::WindowAxis& h = window[1];
  const ops::WindowAxis& w = window[2];
  return {.kernel = {h.kernel, w.kernel},
          .strides = {h.stride, w.stride},
          .dilations = {h.dilation, w.dilation},
          .pads = {h.pad_begin, w.pad_begin, h.pad_end, w.pad_end}};
}

// [M,C/group,(KH,)KW] as [KH,KW,C/group,M], or without the axis of one channel for the depthwise form.
Tensor core_weights(Tensor weights, bool depthwise) {
  Extents extents = extents_of(weights.shape);
  if (extents.size() == 3) {
    extents.insert(extents.begin() + 2, 1);
    weights = reshaped(std::move(weights), extents);
  }
  Tensor turned = transposed(weights, {2, 3, 1, 0});
  return depthwise ? reshaped(std::move(turned), {extents[2], extents[3], extents[0]}) : turned;
}

bool convolution(Rewriter& rewriter, const Node& node) {
  const OpView op = rewriter.view(node);
  const std::size_t rank = op.in(0).shape.rank();
  const bool constants = op.is_constant(1) && (!op.has_in(2) || op.is_constant(2));
  if (op.in(0).dtype != DType::f32 || (rank != 3 && rank != 4) || !constants) return false;
  const auto window = ops::resolve_window(op, op.in(0).shape.extents().subspan(2), op.in(1).shape.extents().subspan(2));
  if (!window) return false;
  const std::int64_t group = op.integer("group");
  // A single input channel for all outputs is an ordinary convolution.
  const bool depthwise = group > 1 && op.in(1).shape[1] == 1;

  const Window2d geometry = window_2d(*window);
  Attrs attrs{{"strides", geometry.strides}, {"dilations", geometry.dilations}, {"pads", geometry.pads}};
  if (!depthwise) attrs["group"] = group;
  const std::string name = op.graph.at(node.inputs[1]).name;
  const Tensor weights = core_weights(op.constant(1), depthwise);
  std::vector<ValueId> operands{channels_last(rewriter, node.inputs[0]), rewriter.constant(weights, name)};
  if (node.inputs.size() > 2 && node.inputs[2]) operands.push_back(node.inputs[2]);
  const ValueId y = rewriter.emit(depthwise ? "DepthwiseConv2d" : "Conv2d", std::move(operands), std::move(attrs));
  channels_first(rewriter, y, node.outputs[0]);
  return true;
}

bool pool(Rewriter& rewriter, const Node& node, bool average) {
  const OpView op = rewriter.view(node);
  const std::size_t rank = op.in(0).shape.rank();
  if ((rank != 3 && rank != 4) || (average && op.in(0).dtype != DType::f32) || op.has_out(1)) return false;
  const auto window = ops::resolve_window(op, op.in(0).shape.extents().subspan(2), op.integers("kernel_shape"));
  if (!window) return false;
  const Window2d geometry = window_2d(*window);
  Attrs attrs{{"kernel", geometry.kernel}, {"strides", geometry.strides}, {"pads", geometry.pads},
              {"dilations", geometry.dilations}};
  // SAME pads already give exactly ceil(in / stride) outputs.
  const bool same = op.text("auto_pad").starts_with("SAME");
  attrs["ceil_mode"] = same ? std::int64_t{0} : op.integer("ceil_mode");
  if (average) attrs["count_include_pad"] = op.integer("count_include_pad");
  const ValueId x = channels_last(rewriter, node.inputs[0]);
  const ValueId y = rewriter.emit(average ? "AveragePool2d" : "MaxPool2d", {x}, std::move(attrs));
  channels_first(rewriter, y, node.outputs[0]);
  return true;
}

bool rewrite(Rewriter& rewriter, const Node& node) {
  if (node.op->name == "Conv") return convolution(rewriter, node);
  if (node.op->name == "MaxPool") return pool(rewriter, node, false);
  if (node.op->name == "AveragePool") return pool(rewriter, node, true);
  return false;
}

}  // namespace

Result<Graph> to_nhwc(Graph graph, const PassContext&) {
  Rewriter rewriter(std::move(graph));
  while (const Node* node = rewriter.next())
    if (!rewrite(rewriter, *node)) rewriter.keep();
  return std::move(rewriter).finish();
}

}  // namespace mote
