#include "passes/prune/channel_multiples.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <map>

#include "passes/match.hpp"
#include "passes/prune/multiples_index.hpp"
#include "passes/prune/product_form.hpp"

namespace mote {
namespace {

constexpr std::array<std::string_view, 9> keep_any{"Add", "AveragePool2d", "Concat", "Identity", "Mul",
                                                   "Neg", "Reshape",       "Sub",    "Transpose"};
constexpr std::array<std::string_view, 4> keep_positive{"Abs", "LeakyRelu", "MaxPool2d", "Relu"};

// A sum that is clamped at 0 on one side is a multiple if the sum is a positive one.
KeptFactors factors_of_product(const OpView& op) {
  if (!op.has("low") && !op.has("high")) return KeptFactors::any;
  const bool only_one = op.has("low") != op.has("high");
  return only_one && op.real(op.has("low") ? "low" : "high") == 0.0F ? KeptFactors::positive : KeptFactors::one;
}

KeptFactors kept_factors(const OpView& op) {
  if (!is_float(op.out(0).dtype) || !op.has_in(0) || !is_float(op.in(0).dtype)) return KeptFactors::one;
  if (product_form(op)) return factors_of_product(op);
  if (is_one_of(op.node.op->name, keep_any)) return KeptFactors::any;
  return is_one_of(op.node.op->name, keep_positive) ? KeptFactors::positive : KeptFactors::one;
}

// Of the operand that weights are multiplied with, by channel of the result.
std::vector<double> factors_of_weighted(const OpView& op, const ChannelFlow& flow, const AlikeChannels& alike) {
  std::vector<double> factors(channel_count(op.out(0)), 1.0);
  for (const ChannelTie& tie : flow.ties)
    if (tie.input == 0)
      for (const auto& [from, to] : tie.channels) factors[to] = alike[*op.node.inputs[0]][from].factor;
  return factors;
}

void append_bits(double value, std::vector<std::uint32_t>& to) {
  const auto bits = std::bit_cast<std::uint64_t>(value);
  to.insert(to.end(), {static_cast<std::uint32_t>(bits), static_cast<std::uint32_t>(bits >> 32U)});
}

class Reader {
 public:
  Reader(const OpView& op, const ChannelFlow& flow, const AlikeChannels& alike)
      : op_(op), flow_(flow), alike_(alike), factors_(kept_factors(op)), sources_(channel_count(op.out(0))) {}

  ChannelSources run() && {
    const bool multiplies = op_.node.op->name == "Mul", weighs = product_form(op_).has_value();
    for (const ChannelTie& tie : flow_.ties) read_tie(tie, multiplies || (weighs && tie.input == 0));
    if (factors_ == KeptFactors::one)
      read_bytes();
    else if (multiplies)
      read_factors();
    else
      read_terms(weighs);
    if (op_.node.op->name == "Reshape") tell_positions_apart();
    return {.factors = factors_, .channels = std::move(sources_)};
  }

 private:
  // `multiplied`: its factor is one of the constants' or of the other operand's.
  void read_tie(const ChannelTie& tie, bool multiplied) {
    for (const auto& [from, to] : tie.channels) {
      const AlikeChannel& channel = alike_[*op_.node.inputs[tie.input]][from];
      ChannelSource& source = sources_[to];
      source.same.insert(source.same.end(), {static_cast<std::uint32_t>(tie.input), channel.first});
      if (factors_ == KeptFactors::one)
        append_bits(channel.factor, source.same);
      else if (!multiplied)
        source.multiple.push_back(channel.factor);
    }
  }

  void read_bytes() {
    for (const std::size_t operand : flow_.per_channel) {
      const Tensor tensor = op_.constant(operand);
      const auto size = static_cast<std::size_t>(byte_size(tensor.dtype));
      for (std::size_t i = 0; i < tensor.bytes.size(); ++i)
        sources_[i / size % sources_.size()].same.push_back(std::to_integer<std::uint32_t>(tensor.bytes[i]));
    }
  }

  // Weights, whose factor is that of what they are multiplied with, and what is added.
  void read_terms(bool weighs) {
    const std::vector<double> weighted = factors_of_weighted(op_, flow_, alike_);
    for (std::size_t operand = 0; operand < op_.node.inputs.size(); ++operand) {
      if (!op_.has_in(operand) || !op_.is_constant(operand)) continue;
      const std::vector<double> values = op_.constant(operand).to_reals();
      const bool by_channel = is_per_channel(operand);
      for (std::size_t i = 0; by_channel && i < values.size(); ++i) {
        const std::size_t c = i % sources_.size();
        sources_[c].multiple.push_back(weighs && operand == 1 ? values[i] * weighted[c] : values[i]);
      }
      for (std::size_t c = 0; !by_channel && c < sources_.size(); ++c) sources_[c].multiple.push_back(1.0);
    }
  }

  // Of Mul: what the operands' factors and constants come to.
  void read_factors() {
    std::vector<double> all(sources_.size(), 1.0);
    for (const ChannelTie& tie : flow_.ties)
      for (const auto& [from, to] : tie.channels) all[to] *= alike_[*op_.node.inputs[tie.input]][from].factor;
    if (flow_.per_channel.empty())
      for (std::size_t c = 0; c < all.size(); ++c) sources_[c].multiple.push_back(all[c]);
    for (const std::size_t operand : flow_.per_channel) {
      const std::vector<double> values = op_.constant(operand).to_reals();
      for (std::size_t i = 0; i < values.size(); ++i)
        sources_[i % all.size()].multiple.push_back(values[i] * all[i % all.size()]);
    }
  }

  // One channel that a Reshape spreads over several lies at another position in each.
  void tell_positions_apart() {
    const std::size_t channels = channel_count(op_.in(0));
    for (std::size_t c = 0; c < sources_.size(); ++c)
      sources_[c].same.push_back(static_cast<std::uint32_t>(c / channels));
  }

  [[nodiscard]] bool is_per_channel(std::size_t operand) const {
    return std::ranges::find(flow_.per_channel, operand) != flow_.per_channel.end();
  }

  const OpView& op_;
  const ChannelFlow& flow_;
  const AlikeChannels& alike_;
  KeptFactors factors_;
  std::vector<ChannelSource> sources_;
};

}  // namespace

ChannelSources channel_sources(const OpView& op, const ChannelFlow& flow, const AlikeChannels& alike) {
  return Reader(op, flow, alike).run();
}

std::vector<AlikeChannel> alike_among(const ChannelSources& sources) {
  std::map<std::vector<std::uint32_t>, MultiplesIndex> firsts;  // by what has to be the same
  std::vector<AlikeChannel> alike;
  for (std::uint32_t c = 0; c < sources.channels.size(); ++c) {
    const ChannelSource& source = sources.channels[c];
    MultiplesIndex& candidates = firsts.try_emplace(source.same, sources.factors).first->second;
    const std::optional<AlikeChannel> found = candidates.find(source.multiple);
    if (!found) candidates.enter(c, source.multiple);
    alike.push_back(found.value_or(AlikeChannel{.first = c}));
  }
  return alike;
}

}  // namespace mote
