// Core products: weights and bias as levels with a DequantizeLinear, then Conv or Gemm, then what was fused into it.
#include "lib/export/node_export.hpp"
#include "lib/quant/product.hpp"

namespace mote {
namespace {

Shape shape_of(std::vector<std::int64_t> extents) { return *Shape::make(std::move(extents)); }

// Where the weights of a core product lie in ONNX's layout: with the output channel in front, [OC, C/group, KH, KW]; a
// Dense keeps [K, N].
struct WeightLayout {
  Shape shape{};
  std::int64_t channels = 0, taps = 0;  // output channels; weights of each
  std::int64_t window = 1, depth = 1;   // taps = window * depth, in the graph with depth varying faster
  bool channel_first = true;

  [[nodiscard]] std::size_t place(std::int64_t tap, std::int64_t channel) const {
    if (!channel_first) return static_cast<std::size_t>(tap * channels + channel);
    return static_cast<std::size_t>(channel * taps + tap % depth * window + tap / depth);
  }
};

WeightLayout layout_of(const OpView& op) {
  const Shape& w = op.in(1).shape;
  const std::int64_t channels = w[w.rank() - 1];
  const std::int64_t taps = channels == 0 ? 0 : w.elements() / channels;
  if (op.node.op->name == "Dense") return {.shape = w, .channels = channels, .taps = taps, .channel_first = false};
  const std::int64_t window = w[0] * w[1];
  const std::int64_t depth = w.rank() == 4 ? w[2] : 1;
  return {.shape = shape_of({channels, depth, w[0], w[1]}), .channels = channels, .taps = taps, .window = window,
          .depth = depth};
}

// element(tap, channel) for every weight.
template <class T, class Element>
Tensor arranged(DType dtype, const WeightLayout& layout, Element&& element) {
  Tensor tensor = Tensor::zeros(dtype, layout.shape);
  const auto to = tensor.as<T>();
  for (std::int64_t tap = 0; tap < layout.taps; ++tap)
    for (std::int64_t channel = 0; channel < layout.channels; ++channel)
      to[layout.place(tap, channel)] = static_cast<T>(element(tap, channel));
  return tensor;
}

std::optional<IntegerProduct> integers_of(const Graph& graph, const LevelGrids& grids, const Node& node) {
  const auto& input = grids.held[*node.inputs[0]];
  const auto& output = grids.wanted[*node.outputs[0]];
  const bool has_residual = OpView{graph, node}.has_in(3);
  const auto residual = has_residual ? grids.held[*node.inputs[3]] : std::nullopt;
  if (!input || !output || (has_residual && !residual)) return std::nullopt;
  return quantize_product(product_channels(graph, node), {.input = *input, .output = *output, .residual = residual});
}

Tensor scales_of(const IntegerProduct& product, float ProductChannel::*scale) {
  Tensor tensor = Tensor::zeros(DType::f32, shape_of({static_cast<std::int64_t>(product.channels.size())}));
  for (std::size_t c = 0; c < product.channels.size(); ++c) tensor.as<float>()[c] = product.channels[c].*scale;
  return tensor;
}

std::string write_dequantized(Export& to, const std::string& name, const Tensor& levels, const Tensor& scale,
                              std::int64_t axis, bool as_4_bits = false) {
  WrittenNode node{.op = "DequantizeLinear", .outputs = {to.writer.fresh(name + "_dequantized")}, .attrs = {{"axis", axis}}};
  node.inputs = {to.writer.fresh(name + "_quantized"), to.writer.fresh(name + "_scale"),
                 to.writer.fresh(name + "_zero_point")};
  const auto write_levels = [&](const std::string& constant, const Tensor& tensor) {
    as_4_bits ? to.writer.constant_of_4_bits(constant, tensor) : to.writer.constant(constant, tensor);
  };
  write_levels(node.inputs[0], levels);
  to.writer.constant(node.inputs[1], scale);
  write_levels(node.inputs[2], Tensor::zeros(levels.dtype, scale.shape));
  to.writer.node(node);
  return node.outputs[0];
}

// Names of weights and bias; without grids on both sides they stay real.
std::vector<std::string> write_parameters(Export& to, const Node& node, const WeightLayout& layout) {
  const OpView op = to.view(node);
  const auto product = integers_of(to.graph, to.grids, node);
  const std::string weights = to.graph.at(node.inputs[1]).name;
  const std::string bias = op.has_in(2) ? to.graph.at(node.inputs[2]).name : std::string();
  std::vector<std::string> names;
  if (product) {
    const auto level = [&](std::int64_t tap, std::int64_t channel) {
      return product->channels[static_cast<std::size_t>(channel)].levels[static_cast<std::size_t>(tap)];
    };
    names.push_back(write_dequantized(to, weights, arranged<std::int8_t>(DType::s8, layout, level),
                                      scales_of(*product, &ProductChannel::scale), layout.channel_first ? 0 : 1,
                                      has_4_bit_levels(*product)));
    if (bias.empty()) return names;
    Tensor levels = Tensor::zeros(DType::s32, op.in(2).shape);
    for (std::size_t c = 0; c < product->channels.size(); ++c)
      levels.as<std::int32_t>()[c] = static_cast<std::int32_t>(product->channels[c].bias_level);
    names.push_back(write_dequantized(to, bias, levels, scales_of(*product, &ProductChannel::bias_scale), 0));
    return names;
  }
  const Tensor real = op.constant(1);
  const auto weight = [&](std::int64_t tap, std::int64_t channel) {
    return real.as<float>()[static_cast<std::size_t>(tap * layout.channels + channel)];
  };
  names.push_back(to.writer.fresh(weights + "_oihw"));
  to.writer.constant(names[0], arranged<float>(DType::f32, layout, weight));
  if (!bias.empty()) names.push_back(to.values.get(node.inputs[2]));
  return names;
}

// [top, left, bottom, right], dilations and strides are ONNX's own; the rest says what the weights' shape says.
Attrs window_attrs(const OpView& op, const WeightLayout& layout) {
  Attrs attrs;
  for (const std::string_view name : {"dilations", "pads", "strides"})
    if (op.has(name)) attrs[std::string(name)] = op.integers(name);
  attrs["kernel_shape"] = std::vector<std::int64_t>{layout.shape[2], layout.shape[3]};
  const bool depthwise = op.node.op->name == "DepthwiseConv2d";
  const std::int64_t group = depthwise ? op.in(0).shape[3] : op.integer("group");
  if (group != 1) attrs["group"] = group;
  return attrs;
}

}  // namespace

bool writes_4_bits(const Graph& graph, const LevelGrids& grids, const Node& node) {
  const auto product = integers_of(graph, grids, node);
  return product && has_4_bit_levels(*product);
}

void export_product(Export& to, const Node& node) {
  const OpView op = to.view(node);
  const WeightLayout weights = layout_of(op);
  const Layout layout = weights.channel_first ? Layout::planes : Layout::native;
  const auto bound = [&](std::string_view name) { return op.has(name) ? std::optional(op.real(name)) : std::nullopt; };
  const auto low = bound("low"), high = bound("high");
  const bool adds = op.has_in(3), clamps = low || high;

  std::vector<std::string> inputs{to.values.get(node.inputs[0], layout)};
  for (std::string& name : write_parameters(to, node, weights)) inputs.push_back(std::move(name));
  const std::string residual = adds ? to.values.get(node.inputs[3], layout) : std::string();
  const std::string result = to.values.define(node.outputs[0], layout);
  std::string x = adds || clamps ? to.writer.fresh(result + "_product") : result;
  to.writer.node({.op = weights.channel_first ? "Conv" : "Gemm",
                  .inputs = std::move(inputs),
                  .outputs = {x},
                  .attrs = weights.channel_first ? window_attrs(op, weights) : Attrs{},
                  .name = node.origin.node});
  if (adds) {
    const std::string sum = clamps ? to.writer.fresh(result + "_sum") : result;
    to.writer.node({.op = "Add", .inputs = {x, residual}, .outputs = {sum}, .attrs = {}, .name = {}});
    x = sum;
  }
  if (clamps) write_clamp(to, x, low, high, result);
}

void export_pool(Export& to, const Node& node) {
  const OpView op = to.view(node);
  Attrs attrs{{"kernel_shape", op.integers("kernel")}};
  for (const std::string_view name : {"pads", "strides"})
    if (op.has(name)) attrs[std::string(name)] = op.integers(name);
  // AveragePool has no dilations before operator set 19.
  if (op.has("dilations") && op.integers("dilations") != std::vector<std::int64_t>{1, 1})
    attrs["dilations"] = op.integers("dilations");
  for (const std::string_view name : {"ceil_mode", "count_include_pad"})
    if (op.has(name) && op.integer(name) != 0) attrs[std::string(name)] = op.integer(name);
  const std::string input = to.values.get(node.inputs[0], Layout::planes);
  to.writer.node({.op = node.op->name == "MaxPool2d" ? "MaxPool" : "AveragePool",
                  .inputs = {input},
                  .outputs = {to.values.define(node.outputs[0], Layout::planes)},
                  .attrs = std::move(attrs),
                  .name = node.origin.node});
}

}  // namespace mote
