#include "passes/prune/channel_flow.hpp"

#include <algorithm>
#include <array>

#include "lib/ops/op_classes.hpp"
#include "passes/fuse/channel_arithmetic.hpp"
#include "passes/match.hpp"
#include "passes/permutation.hpp"
#include "passes/prune/product_form.hpp"

namespace mote {
namespace {

using Kind = ChannelFlow::Kind;

// Of one operand, whatever else is constant and belongs to the whole tensor.
constexpr std::array<std::string_view, 6> single_operand_ops{"AveragePool2d", "Lookup",           "MaxPool2d",
                                                             "Requantize",    "QuantizedAveragePool2d", "Identity"};

std::uint32_t index(std::size_t i) { return static_cast<std::uint32_t>(i); }

// `channels` of operand `input`, one after the other, belong to those of the result from `first` on.
ChannelTie consecutive(std::size_t input, std::size_t channels, std::size_t first = 0) {
  ChannelTie tie{.input = input};
  for (std::size_t c = 0; c < channels; ++c) tie.channels.emplace_back(index(c), index(first + c));
  return tie;
}

ChannelFlow tied_operand(const OpView& op) {
  const std::size_t channels = channel_count(op.out(0));
  if (channel_count(op.in(0)) != channels) return {};
  return {.kind = Kind::tied, .ties = {consecutive(0, channels)}};
}

ChannelFlow product_flow(const OpView& op, const ProductForm& form) {
  if (form.grouped) return {};
  const std::size_t channels = channel_count(op.out(0));
  ChannelFlow flow{.kind = form.depthwise ? Kind::tied : Kind::product, .per_channel = {1}};
  for (const std::size_t operand : {std::size_t{2}, form.multiplier})
    if (operand != 0 && op.has_in(operand)) flow.per_channel.push_back(operand);
  if (op.has_in(form.residual)) flow.ties.push_back(consecutive(form.residual, channels));
  if (!form.depthwise) return flow;
  const std::size_t multiplier = channels / channel_count(op.in(0));
  ChannelTie& tie = flow.ties.emplace_back();
  for (std::size_t c = 0; c < channels; ++c) tie.channels.emplace_back(index(c / multiplier), index(c));
  return flow;
}

ChannelFlow broadcast_flow(const OpView& op) {
  ChannelFlow flow{.kind = Kind::tied};
  const std::size_t channels = channel_count(op.out(0));
  for (std::size_t i = 0; i < op.node.inputs.size(); ++i) {
    if (!op.has_in(i)) return {};
    const bool alike = channel_count(op.in(i)) == channels;
    if (op.is_constant(i)) {
      if (alike && op.in(i).shape.rank() > 0) flow.per_channel.push_back(i);
    } else if (alike) {
      flow.ties.push_back(consecutive(i, channels));
    } else {
      return {};
    }
  }
  return flow.ties.empty() ? ChannelFlow{} : flow;
}

// Elements stay in row-major order, so that a last axis that grows holds the old one several times over.
ChannelFlow reshape_flow(const OpView& op) {
  const std::size_t from = channel_count(op.in(0)), to = channel_count(op.out(0));
  if (from == 0 || to == 0 || (from % to != 0 && to % from != 0)) return {};
  ChannelFlow flow{.kind = Kind::tied, .ties = {{.input = 0}}};
  for (std::size_t c = 0; c < std::max(from, to); ++c) flow.ties[0].channels.emplace_back(index(c % from), index(c % to));
  return flow;
}

ChannelFlow concat_flow(const OpView& op) {
  const auto rank = static_cast<std::int64_t>(op.out(0).shape.rank());
  const std::int64_t axis = op.integer("axis") < 0 ? op.integer("axis") + rank : op.integer("axis");
  ChannelFlow flow{.kind = Kind::tied};
  std::size_t first = 0;
  for (std::size_t i = 0; i < op.node.inputs.size(); ++i) {
    if (op.is_constant(i)) return {};
    flow.ties.push_back(consecutive(i, channel_count(op.in(i)), first));
    if (axis == rank - 1) first += channel_count(op.in(i));
  }
  return flow;
}

ChannelFlow transpose_flow(const OpView& op) {
  const std::size_t rank = op.in(0).shape.rank();
  return rank == 0 || permutation_of(op).back() + 1 == rank ? tied_operand(op) : ChannelFlow{};
}

ChannelFlow flow_by_name(const OpView& op) {
  const std::string_view name = op.node.op->name;
  const bool is_integer_sum = (name == "QuantizedAdd" || name == "QuantizedMul") && !op.has_in(2);
  if (is_broadcasting(name) || is_integer_sum) return broadcast_flow(op);
  if (op.node.inputs.empty() || !op.has_in(0) || op.is_constant(0)) return {};
  if (name == "Reshape") return reshape_flow(op);
  if (name == "Concat") return concat_flow(op);
  if (name == "Transpose") return transpose_flow(op);
  if (name == "QuantizeLinear" || name == "DequantizeLinear")
    return op.in(1).shape.elements() == 1 ? tied_operand(op) : ChannelFlow{};
  if (is_one_of(name, single_operand_ops)) return tied_operand(op);
  if (is_unary_elementwise(name) && op.node.inputs.size() == 1) return tied_operand(op);
  return {};
}

bool has_channel_scales(const TensorType& type) { return type.quant && type.quant->axis; }

}  // namespace

std::size_t channel_count(const TensorType& type) {
  return type.shape.rank() == 0 ? 1 : static_cast<std::size_t>(type.shape[type.shape.rank() - 1]);
}

ChannelFlow channel_flow(const OpView& op) {
  if (op.node.outputs.size() != 1 || !op.has_out(0) || op.out(0).shape.elements() == 0 || has_channel_scales(op.out(0))) return {};
  if (const auto form = product_form(op)) return product_flow(op, *form);
  return flow_by_name(op);
}

}  // namespace mote
