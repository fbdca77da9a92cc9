#include "passes/fuse/channel_arithmetic.hpp"

#include "passes/match.hpp"
#include "passes/permutation.hpp"

namespace mote {
namespace {

template <class Factor>
Tensor scaled(const OpView& op, Factor factor_of) {
  std::vector<double> weights = op.constant(1).to_reals();
  for_each_weight(op, [&](std::size_t i, std::size_t ic, std::size_t oc) { weights[i] *= factor_of(ic, oc); });
  return real_tensor(extents_of(op.in(1).shape), weights);
}

}  // namespace

Channels channels_of(const OpView& product) {
  const Shape& x = product.in(0).shape;
  const Shape& w = product.in(1).shape;
  return {.inputs = x[x.rank() - 1], .outputs = w[w.rank() - 1]};
}

std::int64_t groups_of_channels(const OpView& product) {
  if (product.node.op->name.ends_with("DepthwiseConv2d")) return channels_of(product).inputs;
  return product.has("group") ? product.integer("group") : 1;
}

Tensor scaled_outputs(const OpView& product, std::span<const double> factor) {
  return scaled(product, [&](std::size_t, std::size_t oc) { return factor[oc]; });
}

Tensor scaled_inputs(const OpView& product, std::span<const double> factor) {
  return scaled(product, [&](std::size_t ic, std::size_t) { return factor[ic]; });
}

std::vector<double> response_to(const OpView& product, std::span<const double> shift) {
  std::vector<double> response(static_cast<std::size_t>(channels_of(product).outputs), 0.0);
  const std::vector<double> weights = product.constant(1).to_reals();
  for_each_weight(product,
                  [&](std::size_t i, std::size_t ic, std::size_t oc) { response[oc] += weights[i] * shift[ic]; });
  return response;
}

std::vector<double> bias_of(const OpView& product) {
  if (product.has_in(2)) return product.constant(2).to_reals();
  return std::vector<double>(static_cast<std::size_t>(channels_of(product).outputs), 0.0);
}

std::optional<ChannelAffine> channel_affine(const Rewriter& rewriter, const Node* node) {
  if (node == nullptr || (node->op->name != "Mul" && node->op->name != "Add")) return std::nullopt;
  const TensorType& type = rewriter.type(node->outputs[0]);
  if (type.dtype != DType::f32 || type.shape.rank() == 0) return std::nullopt;
  for (const std::size_t side : {0U, 1U}) {
    const ValueId x = node->inputs[side];
    const ValueId constant = node->inputs[1 - side];
    if (rewriter.is_constant(x) || rewriter.type(x).shape != type.shape) continue;
    auto values = values_along_last_axis(rewriter.graph(), constant, type.shape[type.shape.rank() - 1]);
    if (!values) continue;
    return ChannelAffine{.x = x, .constant = constant, .values = *std::move(values), .multiplies = node->op->name == "Mul"};
  }
  return std::nullopt;
}

}  // namespace mote
