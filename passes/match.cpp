#include "passes/match.hpp"

#include <array>

#include "passes/permutation.hpp"

namespace mote {
namespace {

constexpr std::string_view convolutions[] = {"Conv2d", "DepthwiseConv2d"};

}  // namespace

bool is_core_convolution(std::string_view op) { return is_one_of(op, convolutions); }
bool is_core_product(std::string_view op) { return is_core_convolution(op) || op == "Dense"; }

std::vector<std::int64_t> integers_or(const OpView& op, std::string_view attr, std::vector<std::int64_t> otherwise) {
  return op.has(attr) ? op.integers(attr) : std::move(otherwise);
}

std::vector<std::int64_t> pads_of_all_axes(const OpView& pad) {
  const std::vector<std::int64_t>& given = pad.integers("pads");
  if (!pad.has("axes")) return given;
  const std::vector<std::int64_t>& axes = pad.integers("axes");
  const std::size_t rank = pad.in(0).shape.rank();
  std::vector<std::int64_t> all(2 * rank, 0);
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const auto axis = static_cast<std::size_t>(axes[i] < 0 ? axes[i] + static_cast<std::int64_t>(rank) : axes[i]);
    all[axis] = given[i];
    all[axis + rank] = given[i + axes.size()];
  }
  return all;
}

bool may_see_only_padding(const OpView& max_pool, const std::vector<std::int64_t>& pads) {
  const std::vector<std::int64_t>& kernel = max_pool.integers("kernel");
  const bool gaps = integers_or(max_pool, "dilations", {1, 1}) != std::vector<std::int64_t>{1, 1};
  const bool wide = pads[0] >= kernel[0] || pads[2] >= kernel[0] || pads[1] >= kernel[1] || pads[3] >= kernel[1];
  return gaps || wide || max_pool.integer("ceil_mode") != 0;
}

bool is_plain_product(const Node& node) {
  const bool residual = node.inputs.size() > 3 && node.inputs[3];
  return is_core_product(node.op->name) && !residual && !node.attrs.contains("low") && !node.attrs.contains("high");
}

std::optional<std::vector<double>> values_along_last_axis(const Graph& graph, ValueId id, std::int64_t extent) {
  if (!id || !graph.at(id).is_constant() || !is_float(graph.at(id).type.dtype)) return std::nullopt;
  const Shape& shape = graph.at(id).type.shape;
  const std::int64_t last = shape.rank() == 0 ? 1 : shape[shape.rank() - 1];
  if (shape.elements() != last || (last != extent && last != 1)) return std::nullopt;
  std::vector<double> values = graph.constant(id).to_reals();
  values.resize(static_cast<std::size_t>(extent), values.empty() ? 0.0 : values[0]);
  return values;
}

Tensor real_tensor(std::vector<std::int64_t> extents, std::span<const double> values) {
  auto shape = Shape::make(std::move(extents));
  MOTE_CHECK(shape && shape->elements() == static_cast<std::int64_t>(values.size()));
  Tensor tensor = Tensor::zeros(DType::f32, *std::move(shape));
  std::ranges::transform(values, tensor.as<float>().begin(), [](double value) { return static_cast<float>(value); });
  return tensor;
}

Tensor reshaped(Tensor tensor, std::vector<std::int64_t> extents) {
  auto shape = Shape::make(std::move(extents));
  MOTE_CHECK(shape && shape->elements() == tensor.shape.elements());
  tensor.shape = *std::move(shape);
  return tensor;
}

Tensor transposed(const Tensor& tensor, const std::vector<std::size_t>& perm) {
  auto shape = Shape::make(permuted(extents_of(tensor.shape), perm));
  MOTE_CHECK(shape);
  Tensor result = Tensor::zeros(tensor.dtype, *std::move(shape));
  const std::vector<std::int64_t> steps = permuted(tensor.shape.strides(), perm);
  const auto size = static_cast<std::size_t>(byte_size(tensor.dtype));
  std::vector<std::int64_t> position(perm.size(), 0);
  std::int64_t from = 0;
  for (std::size_t to = 0; to < result.bytes.size(); to += size) {
    std::copy_n(tensor.bytes.begin() + from * static_cast<std::int64_t>(size), size,
                result.bytes.begin() + static_cast<std::ptrdiff_t>(to));
    for (std::size_t axis = perm.size(); axis > 0; --axis) {
      from += steps[axis - 1];
      if (++position[axis - 1] < result.shape[axis - 1]) break;
      from -= steps[axis - 1] * result.shape[axis - 1];
      position[axis - 1] = 0;
    }
  }
  return result;
}

ValueId emit_reshape(Rewriter& rewriter, ValueId input, std::vector<std::int64_t> extents, ValueId output) {
  while (const Node* inner = rewriter.producer(input, "Reshape")) input = inner->inputs[0];
  if (extents_of(rewriter.type(input).shape) == extents && (!output || rewriter.type(input) == rewriter.type(output))) {
    if (output) rewriter.replace(output, input);
    return input;
  }
  // In ONNX an extent of 0 keeps the input's unless allowzero says that it means 0.
  Attrs attrs{{"allowzero", std::int64_t{std::ranges::find(extents, 0) != extents.end()}}};
  attrs["shape"] = std::move(extents);
  return rewriter.emit("Reshape", {input}, std::move(attrs), output);
}

ValueId emit_transpose(Rewriter& rewriter, ValueId input, std::vector<std::size_t> perm, ValueId output) {
  while (const Node* inner = rewriter.producer(input, "Transpose")) {
    perm = composed(permutation_of(rewriter.view(*inner)), perm);
    input = inner->inputs[0];
  }
  const Shape& shape = rewriter.type(input).shape;
  if (moves_no_element(perm, shape)) return emit_reshape(rewriter, input, permuted(extents_of(shape), perm), output);
  return rewriter.emit("Transpose", {input}, {{"perm", to_attr(perm)}}, output);
}

}  // namespace mote
