#include <algorithm>
#include <array>
#include <cmath>

#include "lib/ops/evaluate.hpp"
#include "lib/ops/interval.hpp"
#include "lib/ops/op_classes.hpp"
#include "passes/match.hpp"
#include "passes/prune/channel_facts.hpp"

namespace mote {
namespace {

constexpr std::array<std::string_view, 2> averages{"AveragePool2d", "QuantizedAveragePool2d"};
// |f(x)| <= |x|
constexpr std::array<std::string_view, 8> contractions{"Abs", "Neg", "Sin", "Tanh", "Softsign", "Gelu", "HardSwish", "Mish"};
// |f(x)| <= 1
constexpr std::array<std::string_view, 4> bounded_by_one{"Sigmoid", "HardSigmoid", "Erf", "Cos"};

ChannelFact symmetric(double magnitude) { return {.lowest = -magnitude, .highest = magnitude}; }

// The channels of the operands that a channel of the result is computed from, with their operands.
struct Source {
  std::size_t input = 0, channel = 0;
};
std::vector<std::vector<Source>> sources_of(const ChannelFlow& flow, std::size_t channels) {
  std::vector<std::vector<Source>> sources(channels);
  for (const ChannelTie& tie : flow.ties)
    for (const auto& [from, to] : tie.channels) sources[to].push_back({tie.input, from});
  return sources;
}

// The values of a constant operand of a broadcasting operator that meet one channel.
ChannelFact constant_operand(const OpView& op, std::size_t input, std::size_t channel) {
  const std::vector<double> values = op.constant(input).to_reals();
  const std::size_t step = channel_count(op.in(input));
  ChannelFact fact{.lowest = values.empty() ? 0.0 : values[channel % step], .highest = fact.lowest};
  for (std::size_t i = channel % step; i < values.size(); i += step) fact = hull(fact, {values[i], values[i]});
  return fact;
}

ChannelFact sum_or_product(const OpView& op, const ChannelFacts& facts, std::size_t channel) {
  std::array<ChannelFact, 2> x;
  for (std::size_t i = 0; i < 2; ++i)
    x[i] = op.is_constant(i) ? constant_operand(op, i, channel) : facts[*op.node.inputs[i]][channel];
  if (op.node.op->name == "Add") return {.lowest = x[0].lowest + x[1].lowest, .highest = x[0].highest + x[1].highest};
  return symmetric(x[0].magnitude() * x[1].magnitude());
}

ChannelFact clamped(const OpView& op, ChannelFact fact) {
  const auto clamp = [&](double value) {
    if (op.node.op->name == "Relu") return std::max(value, 0.0);
    if (op.has("min")) value = std::max(value, static_cast<double>(op.real("min")));
    return op.has("max") ? std::min(value, static_cast<double>(op.real("max"))) : value;
  };
  return {.lowest = clamp(fact.lowest), .highest = clamp(fact.highest)};
}

// Between which bounds the elements lie. `x`: the hull of what they are computed from.
ChannelFact bounds_of(const OpView& op, const ChannelFacts& facts, const ChannelFact& x, std::size_t channel) {
  const std::string_view name = op.node.op->name;
  if (moves_elements(name) || name == "Concat" || name == "Identity") return x;
  if (is_one_of(name, averages)) return hull(x, {0.0, 0.0});
  if (!is_float(op.out(0).dtype)) return facts_of_type(op.out(0))[0];
  if (name == "Relu" || name == "Clip") return clamped(op, x);
  if (name == "Add" || name == "Mul") return sum_or_product(op, facts, channel);
  if (is_one_of(name, contractions)) return symmetric(x.magnitude());
  if (is_one_of(name, bounded_by_one)) return symmetric(1.0);
  return {};
}

// An operand whose constant channels hold their constants, and the others anything.
Tensor with_constants(const TensorType& type, const std::vector<ChannelFact>& facts) {
  Tensor tensor = Tensor::zeros(type.dtype, type.shape);
  visit_dtype(type.dtype, [&]<class T>() {
    const std::span<T> elements = tensor.as<T>();
    for (std::size_t i = 0; i < elements.size(); ++i)
      if (const auto& constant = facts[i % facts.size()].constant) elements[i] = static_cast<T>(*constant);
  });
  return tensor;
}

Tensor evaluated(const OpView& op, const ChannelFlow& flow, const ChannelFacts& facts) {
  std::vector<Tensor> tensors(op.node.inputs.size());
  std::vector<const Tensor*> operands(op.node.inputs.size(), nullptr);
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    if (!op.has_in(i)) continue;
    tensors[i] = op.is_constant(i) ? op.constant(i) : with_constants(op.in(i), facts[*op.node.inputs[i]]);
    operands[i] = &tensors[i];
  }
  MOTE_CHECK(!flow.ties.empty());
  return evaluate_node(op.graph, op.node, operands, Precision::single)[0];
}

// The operator itself says what comes out of constants: constant is what is the same at every position, borders
// included.
void find_constants(const OpView& op, const ChannelFlow& flow, const ChannelFacts& facts,
                    const std::vector<std::vector<Source>>& sources, std::vector<ChannelFact>& result) {
  const auto is_constant = [&](const Source& source) {
    return facts[*op.node.inputs[source.input]][source.channel].constant.has_value();
  };
  std::vector<bool> candidates(result.size());
  for (std::size_t c = 0; c < result.size(); ++c) candidates[c] = std::ranges::all_of(sources[c], is_constant);
  if (std::ranges::count(candidates, true) == 0) return;
  const std::vector<double> values = evaluated(op, flow, facts).to_reals();
  for (std::size_t i = 0; i < values.size(); ++i)
    if (values[i] != values[i % result.size()]) candidates[i % result.size()] = false;
  for (std::size_t c = 0; c < result.size(); ++c)
    if (candidates[c]) result[c] = {.lowest = values[c], .highest = values[c], .constant = values[c]};
}

}  // namespace

ChannelFact hull(const ChannelFact& a, const ChannelFact& b) {
  return {.lowest = std::min(a.lowest, b.lowest), .highest = std::max(a.highest, b.highest)};
}

std::vector<ChannelFact> facts_of_type(const TensorType& type) {
  ChannelFact fact;
  visit_dtype(type.dtype, [&]<class T>() {
    if constexpr (!std::is_floating_point_v<T>)
      fact = {.lowest = static_cast<double>(std::numeric_limits<T>::min()), .highest = static_cast<double>(std::numeric_limits<T>::max())};
  });
  return std::vector<ChannelFact>(channel_count(type), fact);
}

std::vector<ChannelFact> tied_facts(const OpView& op, const ChannelFlow& flow, const ChannelFacts& facts) {
  std::vector<ChannelFact> result(channel_count(op.out(0)));
  const auto sources = sources_of(flow, result.size());
  for (std::size_t c = 0; c < result.size(); ++c) {
    const auto fact_of = [&](const Source& source) { return facts[*op.node.inputs[source.input]][source.channel]; };
    ChannelFact x = fact_of(sources[c].front());
    for (const Source& source : sources[c]) x = hull(x, fact_of(source));
    result[c] = bounds_of(op, facts, x, c);
  }
  find_constants(op, flow, facts, sources, result);
  return result;
}

}  // namespace mote
