#include "passes/prune/alike_channels.hpp"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <numeric>

#include "passes/fuse/channel_arithmetic.hpp"
#include "passes/prune/channel_flow.hpp"
#include "passes/prune/product_form.hpp"

namespace mote {
namespace {

using Key = std::vector<std::uint32_t>;

// By channel of the result: all that it depends on and that channels may differ in.
std::vector<Key> keys_of(const OpView& op, const ChannelFlow& flow, const AlikeChannels& alike) {
  const std::size_t channels = channel_count(op.out(0));
  std::vector<Key> keys(channels);
  for (const ChannelTie& tie : flow.ties)
    for (const auto& [from, to] : tie.channels)
      keys[to].insert(keys[to].end(), {static_cast<std::uint32_t>(tie.input), alike[*op.node.inputs[tie.input]][from]});
  for (const std::size_t operand : flow.per_channel) {
    const Tensor tensor = op.constant(operand);
    const auto size = static_cast<std::size_t>(byte_size(tensor.dtype));
    for (std::size_t i = 0; i < tensor.bytes.size(); ++i)
      keys[i / size % channels].push_back(std::to_integer<std::uint32_t>(tensor.bytes[i]));
  }
  // One channel that a Reshape spreads over several lies at another position in each.
  if (op.node.op->name == "Reshape")
    for (std::size_t c = 0; c < channels; ++c)
      keys[c].push_back(static_cast<std::uint32_t>(c / channel_count(op.in(0))));
  return keys;
}

std::vector<std::uint32_t> firsts_of(const std::vector<Key>& keys) {
  std::map<Key, std::uint32_t> first;
  std::vector<std::uint32_t> firsts;
  for (std::uint32_t c = 0; c < keys.size(); ++c) firsts.push_back(first.try_emplace(keys[c], c).first->second);
  return firsts;
}

bool is_alone(const std::vector<std::uint32_t>& firsts) {
  for (std::uint32_t c = 0; c < firsts.size(); ++c)
    if (firsts[c] != c) return false;
  return true;
}

// Weight by weight, the one of the same tap and output for the first of alike inputs; itself where that is the first.
std::vector<std::size_t> counterparts(const OpView& op, const std::vector<std::uint32_t>& firsts) {
  const std::size_t outputs = channel_count(op.out(0));
  std::vector<std::size_t> result(static_cast<std::size_t>(op.in(1).shape.elements()));
  for_each_weight(op, [&](std::size_t i, std::size_t ic, std::size_t) { result[i] = i - (ic - firsts[ic]) * outputs; });
  return result;
}

// False: a sum is no 8-bit weight.
bool merge(std::span<std::int8_t> weights, const std::vector<std::size_t>& firsts) {
  std::vector<std::int32_t> sums(weights.size(), 0);
  for (std::size_t i = 0; i < weights.size(); ++i) sums[firsts[i]] += weights[i];
  if (std::ranges::any_of(sums, [](std::int32_t sum) { return std::abs(sum) > 127; })) return false;
  std::ranges::transform(sums, weights.begin(), [](std::int32_t sum) { return static_cast<std::int8_t>(sum); });
  return true;
}

void merge(std::span<float> weights, const std::vector<std::size_t>& firsts) {
  std::vector<double> sums(weights.size(), 0.0);
  for (std::size_t i = 0; i < weights.size(); ++i) sums[firsts[i]] += static_cast<double>(weights[i]);
  std::ranges::transform(sums, weights.begin(), [](double sum) { return static_cast<float>(sum); });
}

// For one of its readers only.
void replace_constant(Graph& graph, ValueId& operand, Bytes bytes) {
  const ValueId id = operand;
  std::ptrdiff_t reads = 0;
  for (const Node& node : graph.nodes) reads += std::ranges::count(node.inputs, id);
  Blob data = std::make_shared<const Bytes>(std::move(bytes));
  if (reads == 1)
    graph.at(id).data = std::move(data);
  else
    operand = graph.add_constant(std::string(graph.at(id).name), TensorType(graph.at(id).type), std::move(data));
}

}  // namespace

AlikeChannels alike_channels(const Graph& graph) {
  AlikeChannels alike(graph.values.size());
  for (std::size_t i = 0; i < alike.size(); ++i) {
    if (graph.values[i].is_constant()) continue;
    alike[i].resize(channel_count(graph.values[i].type));
    std::iota(alike[i].begin(), alike[i].end(), 0U);
  }
  for (const Node& node : graph.nodes) {
    const OpView op{graph, node};
    const ChannelFlow flow = channel_flow(op);
    if (flow.kind != ChannelFlow::Kind::opaque) alike[*node.outputs[0]] = firsts_of(keys_of(op, flow, alike));
  }
  return alike;
}

std::optional<Graph> merge_alike_channels(const Graph& graph) {
  const AlikeChannels alike = alike_channels(graph);
  std::optional<Graph> merged;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const OpView op{graph, graph.nodes[i]};
    if (channel_flow(op).kind != ChannelFlow::Kind::product || is_alone(alike[*op.node.inputs[0]])) continue;
    const std::vector<std::size_t> firsts = counterparts(op, alike[*op.node.inputs[0]]);
    Tensor weights = op.constant(1);
    const Tensor before = weights;
    if (weights.dtype == DType::f32) merge(weights.as<float>(), firsts);
    if (weights.dtype == DType::s8 && !merge(weights.as<std::int8_t>(), firsts)) continue;
    if (weights.bytes == before.bytes) continue;
    if (!merged) merged = graph;
    replace_constant(*merged, merged->nodes[i].inputs[1], std::move(weights.bytes));
  }
  return merged;
}

}  // namespace mote
