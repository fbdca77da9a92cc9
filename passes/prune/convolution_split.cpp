#include "passes/prune/convolution_split.hpp"

#include <algorithm>

#include "lib/ops/support/conv2d_geometry.hpp"
#include "passes/fuse/channel_arithmetic.hpp"
#include "passes/match.hpp"

namespace mote {
namespace {

constexpr std::int64_t most_inputs = 1024;  // their covariance is inverted

// One of the two spatial axes in one of the two convolutions.
struct AxisShare {
  std::int64_t kernel = 1, stride = 1, dilation = 1, begin = 0, end = 0, out = 1;
};

struct Half {
  AxisShare height{}, width{};
  [[nodiscard]] std::int64_t taps() const { return height.kernel * width.kernel; }
  [[nodiscard]] std::int64_t pixels() const { return height.out * width.out; }
};

AxisShare whole(const ops::WindowAxis& axis) {
  return {axis.kernel, axis.stride, axis.dilation, axis.pad_begin, axis.pad_end, axis.out};
}

struct Halves {
  Half first{}, second{};
};

// Window axes: depth, height, width.
Halves halves_of(const OpView& op, const ConvolutionSplit& split) {
  const ops::Window window = ops::convolution_of(op).window;
  Halves halves;
  const auto give = [](const ops::WindowAxis& axis, bool to_first, AxisShare& first, AxisShare& second) {
    first = to_first ? whole(axis) : AxisShare{.out = axis.in};
    second = to_first ? AxisShare{.out = axis.out} : whole(axis);
  };
  give(window[1], split.height_first, halves.first.height, halves.second.height);
  give(window[2], split.width_first, halves.first.width, halves.second.width);
  return halves;
}

Attrs attributes_of(const Half& half) {
  const AxisShare &h = half.height, &w = half.width;
  Attrs attrs;
  attrs["group"] = std::int64_t{1};
  attrs["dilations"] = std::vector{h.dilation, w.dilation};
  attrs["strides"] = std::vector{h.stride, w.stride};
  attrs["pads"] = std::vector{h.begin, w.begin, h.end, w.end};
  return attrs;
}

Tensor weights_of(const Half& half, std::int64_t inputs, std::int64_t outputs, const std::vector<double>& values) {
  return real_tensor({half.height.kernel, half.width.kernel, inputs, outputs}, values);
}

ValueId add_constant(Graph& graph, const std::string& name, const Tensor& tensor) {
  return graph.add_constant(name, {.dtype = tensor.dtype, .shape = tensor.shape},
                            std::make_shared<const Bytes>(tensor.bytes));
}

void append_split(Graph& graph, const Node& node, const SplitConvolution& chosen) {
  const OpView op{graph, node};
  const Halves halves = halves_of(op, chosen.split);
  const Channels channels = channels_of(op);
  const auto rank = static_cast<std::int64_t>(chosen.factors.rank);
  const std::string name = graph.at(node.outputs[0]).name, weights = graph.at(node.inputs[1]).name;

  Node first{.op = node.op,
             .attrs = attributes_of(halves.first),
             .inputs = {node.inputs[0]},
             .outputs = {},
             .origin = node.origin};
  first.inputs.push_back(
      add_constant(graph, weights + "_first", weights_of(halves.first, channels.inputs, rank, chosen.factors.first)));
  MOTE_CHECK(static_cast<bool>(complete_attributes(*first.op, first.attrs, first.origin)));
  if (!first.origin.node.empty()) first.origin.node += "_first";
  first.outputs = {graph.add_value(name + "_factors", op.out(0))};
  Result<Types> types = infer_types(graph, first);
  MOTE_CHECK(static_cast<bool>(types));
  graph.at(first.outputs[0]).type = std::move(types->front());

  Node second = node;
  for (auto& [key, value] : attributes_of(halves.second)) second.attrs[key] = value;
  const std::vector<double> bias(chosen.bias.begin(), chosen.bias.end());
  second.inputs.resize(std::max<std::size_t>(second.inputs.size(), 3));
  second.inputs[0] = first.outputs[0];
  second.inputs[1] = add_constant(graph, weights + "_second",
                                  weights_of(halves.second, rank, channels.outputs, chosen.factors.second));
  second.inputs[2] = add_constant(graph, weights + "_bias", real_tensor({channels.outputs}, bias));
  MOTE_CHECK(static_cast<bool>(complete_attributes(*second.op, second.attrs, second.origin)));
  graph.nodes.insert(graph.nodes.end(), {std::move(first), std::move(second)});
}

}  // namespace

bool can_be_split(const OpView& op) {
  if (op.node.op->name != "Conv2d") return false;
  const auto form = product_form(op);
  return form && !form->integer && !form->grouped && op.out(0).shape.elements() > 0 &&
         op.in(1).shape.elements() / channels_of(op).outputs <= most_inputs;
}

std::vector<ConvolutionSplit> ways_to_split(const OpView& convolution) {
  const Shape& weights = convolution.in(1).shape;
  std::vector<ConvolutionSplit> ways;
  for (const bool height_first : {true, false})
    for (const bool width_first : {true, false})
      if ((height_first || weights[0] > 1) && (width_first || weights[1] > 1))
        ways.push_back({.height_first = height_first, .width_first = width_first});
  return ways;
}

std::int64_t macs_of(const OpView& convolution, const ConvolutionSplit& split) {
  const auto [first, second] = halves_of(convolution, split);
  const Channels channels = channels_of(convolution);
  return convolution.in(0).shape[0] * static_cast<std::int64_t>(split.rank) *
         (first.pixels() * first.taps() * channels.inputs + second.pixels() * second.taps() * channels.outputs);
}

std::int64_t pixels_between(const OpView& convolution, const ConvolutionSplit& split) {
  return halves_of(convolution, split).first.pixels();
}

std::size_t block_count(const OpView& convolution, const ConvolutionSplit& split) {
  return static_cast<std::size_t>(halves_of(convolution, split).second.taps());
}

std::vector<std::size_t> input_order(const OpView& convolution, const ConvolutionSplit& split) {
  const auto [first, second] = halves_of(convolution, split);
  const std::int64_t width = convolution.in(1).shape[1], inputs = convolution.in(1).shape[2];
  std::vector<std::size_t> order;
  for (std::int64_t block = 0; block < second.taps(); ++block)
    for (std::int64_t tap = 0; tap < first.taps(); ++tap) {
      const std::int64_t h = tap / first.width.kernel + block / second.width.kernel;  // one of them is 0
      const std::int64_t w = tap % first.width.kernel + block % second.width.kernel;
      for (std::int64_t c = 0; c < inputs; ++c) order.push_back(static_cast<std::size_t>((h * width + w) * inputs + c));
    }
  return order;
}

Graph with_splits(const Graph& graph, const std::vector<SplitConvolution>& splits) {
  Graph result = graph;
  result.nodes.clear();
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const auto chosen = std::ranges::find(splits, i, &SplitConvolution::node);
    if (chosen == splits.end())
      result.nodes.push_back(graph.nodes[i]);
    else
      append_split(result, graph.nodes[i], *chosen);
  }
  return result;
}

}  // namespace mote
