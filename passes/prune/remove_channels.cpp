#include "passes/prune/remove_channels.hpp"

#include <algorithm>
#include <map>

#include "passes/fuse/channel_arithmetic.hpp"
#include "passes/match.hpp"
#include "passes/permutation.hpp"

namespace mote {
namespace {

using Indices = std::vector<std::uint32_t>;

// Of a tensor, only these indices along one axis.
Tensor selected(const Tensor& tensor, std::size_t axis, const Indices& indices) {
  std::vector<std::int64_t> extents = extents_of(tensor.shape);
  const auto step = static_cast<std::size_t>(tensor.shape.strides()[axis] * byte_size(tensor.dtype));
  const auto along = static_cast<std::size_t>(extents[axis]);
  extents[axis] = static_cast<std::int64_t>(indices.size());
  Tensor result = Tensor::zeros(tensor.dtype, *Shape::make(extents));
  auto to = result.bytes.begin();
  for (std::size_t block = 0; block < tensor.bytes.size() / (step * along); ++block)
    for (const std::uint32_t i : indices)
      to = std::copy_n(tensor.bytes.begin() + static_cast<std::ptrdiff_t>((block * along + i) * step), step, to);
  return result;
}

template <class T>
std::vector<T> selected(const std::vector<T>& values, const Indices& indices) {
  std::vector<T> result;
  for (const std::uint32_t i : indices) result.push_back(values[i]);
  return result;
}

// The meaning of a constant of which only these channels of the last axis are left.
std::optional<QuantParams> selected(std::optional<QuantParams> meaning, std::size_t channels, const Indices& indices) {
  if (!meaning) return meaning;
  if (meaning->scale.size() == channels) meaning->scale = selected(meaning->scale, indices);
  if (meaning->zero_point.size() == channels) meaning->zero_point = selected(meaning->zero_point, indices);
  return meaning;
}

// What is read in place of a channel that goes away. In the padding nothing changes, so neither may it elsewhere.
double stand_in(const ProductForm& form, const ChannelFact& x) {
  if (form.padded) return form.pad_value;
  return x.constant ? *x.constant : std::clamp(0.0, x.lowest, x.highest);
}

// A constant operand of a node, to be changed.
struct Constant {
  Tensor tensor{};
  std::optional<QuantParams> meaning{};
};
using Constants = std::map<std::size_t, Constant>;  // by operand

class Remover {
 public:
  Remover(const Graph& graph, const KeptChannels& kept, const ChannelFacts& facts)
      : before_(graph), after_(graph), kept_(kept), facts_(facts), readers_(graph.values.size(), 0) {
    for (const Node& node : graph.nodes)
      for (const ValueId id : node.inputs)
        if (id) ++readers_[*id];
  }

  Graph run() {
    for (std::size_t i = 0; i < before_.nodes.size(); ++i) {
      const Node& node = before_.nodes[i];
      const auto is_smaller = [&](ValueId id) { return shrinks(id); };
      if (std::ranges::any_of(node.outputs, is_smaller) || std::ranges::any_of(node.inputs, is_smaller)) shrink(i);
    }
    return std::move(after_);
  }

 private:
  [[nodiscard]] bool shrinks(ValueId id) const {
    return id && !before_.at(id).is_constant() && kept_[*id].size() < channel_count(before_.at(id).type);
  }

  void shrink(std::size_t position) {
    const OpView op{before_, before_.nodes[position]};
    const ValueId result = op.node.outputs[0];
    const ChannelFlow flow = channel_flow(op);
    Constants constants;
    if (flow.kind == ChannelFlow::Kind::product && shrinks(op.node.inputs[0])) drop_inputs(op, constants);
    if (shrinks(result))
      for (const std::size_t operand : flow.per_channel) drop_outputs(op, operand, constants);
    for (const auto& [operand, constant] : constants) replace(position, operand, constant);
    complete(position);
  }

  // The constants are what they will be; the type follows.
  void complete(std::size_t position) {
    Node& node = after_.nodes[position];
    const ValueId result = node.outputs[0];
    std::vector<std::int64_t> extents = extents_of(before_.at(result).type.shape);
    if (!extents.empty()) extents.back() = static_cast<std::int64_t>(kept_[*result].size());
    if (node.op->name == "Reshape") node.attrs["shape"] = extents;
    const Result<Types> types = infer_types(after_, node);
    MOTE_CHECK(static_cast<bool>(types) && extents_of(types->front().shape) == extents);
    after_.at(result).type.shape = types->front().shape;
  }

  [[nodiscard]] Constant& constant_of(const OpView& op, std::size_t operand, Constants& constants) const {
    const auto found = constants.find(operand);
    if (found != constants.end()) return found->second;
    return constants[operand] = {op.constant(operand), op.in(operand).quant};
  }

  void drop_outputs(const OpView& op, std::size_t operand, Constants& constants) const {
    const Indices& kept = kept_[*op.node.outputs[0]];
    Constant& constant = constant_of(op, operand, constants);
    constant.meaning = selected(constant.meaning, channel_count(op.in(operand)), kept);
    constant.tensor = selected(constant.tensor, constant.tensor.shape.rank() - 1, kept);
  }

  void drop_inputs(const OpView& op, Constants& constants) const {
    const ProductForm form = *product_form(op);
    const Indices& kept = kept_[*op.node.inputs[0]];
    std::vector<bool> removed(channel_count(op.in(0)), true);
    for (const std::uint32_t ic : kept) removed[ic] = false;
    if (form.integer)
      fold_levels(op, form, removed, constants);
    else
      fold_reals(op, form, removed, constants);
    Constant& weights = constant_of(op, 1, constants);
    weights.tensor = selected(weights.tensor, weights.tensor.shape.rank() - 2, kept);
  }

  void fold_reals(const OpView& op, const ProductForm& form, const std::vector<bool>& removed, Constants& constants) const {
    const std::vector<ChannelFact>& x = facts_[*op.node.inputs[0]];
    const std::vector<double> weights = op.constant(1).to_reals();
    std::vector<double> bias = bias_of(op);
    for_each_weight(op, [&](std::size_t i, std::size_t ic, std::size_t oc) {
      if (removed[ic] && weights[i] != 0.0) bias[oc] += weights[i] * stand_in(form, x[ic]);
    });
    if (bias != bias_of(op)) constants[2] = {real_tensor({static_cast<std::int64_t>(bias.size())}, bias), {}};
  }

  // Between the bounds of the accumulator that the operator has proven, so the sums stay within 32 bits. What the zero
  // point of x adds is no part of the real bias, before and after.
  void fold_levels(const OpView& op, const ProductForm& form, const std::vector<bool>& removed, Constants& constants) const {
    const std::vector<ChannelFact>& x = facts_[*op.node.inputs[0]];
    const Tensor weights = op.constant(1);
    Constant& bias = constant_of(op, 2, constants);
    const auto sums = bias.tensor.as<std::int32_t>();
    const auto& levels = op.in(0).quant;
    const bool has_meaning = bias.meaning && bias.meaning->zero_point.size() == sums.size() && levels && levels->zero_point.size() == 1;
    for_each_weight(op, [&](std::size_t i, std::size_t ic, std::size_t oc) {
      if (!removed[ic]) return;
      const std::int32_t weight = weights.as<std::int8_t>()[i];
      sums[oc] += weight * static_cast<std::int32_t>(stand_in(form, x[ic]));
      if (has_meaning) bias.meaning->zero_point[oc] += weight * levels->zero_point[0];
    });
  }

  // In place where nobody else reads it, so that it keeps its name.
  void replace(std::size_t position, std::size_t operand, const Constant& constant) {
    Node& node = after_.nodes[position];
    const TensorType type{.dtype = constant.tensor.dtype, .shape = constant.tensor.shape, .quant = constant.meaning};
    Blob data = std::make_shared<const Bytes>(constant.tensor.bytes);
    if (node.inputs.size() <= operand) node.inputs.resize(operand + 1);
    ValueId& id = node.inputs[operand];
    if (id && readers_[*id] == 1) {
      after_.at(id).type = type;
      after_.at(id).data = std::move(data);
    } else {
      const std::string name = id ? after_.at(id).name : after_.at(node.outputs[0]).name + "_bias";
      id = after_.add_constant(name, type, std::move(data));
    }
  }

  const Graph& before_;
  Graph after_;
  const KeptChannels& kept_;
  const ChannelFacts& facts_;
  std::vector<std::size_t> readers_;
};

}  // namespace

Graph remove_channels(const Graph& graph, const KeptChannels& kept, const ChannelFacts& facts) {
  return Remover(graph, kept, facts).run();
}

}  // namespace mote
