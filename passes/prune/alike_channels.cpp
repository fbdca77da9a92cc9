#include "passes/prune/alike_channels.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>

#include "passes/fuse/channel_arithmetic.hpp"
#include "passes/prune/channel_multiples.hpp"
#include "passes/prune/product_form.hpp"

namespace mote {
namespace {

bool is_alone(const std::vector<AlikeChannel>& alike) {
  for (std::uint32_t c = 0; c < alike.size(); ++c)
    if (alike[c].first != c) return false;
  return true;
}

// Weight by weight, the one of the same tap and output for the first of alike inputs; itself where that is the first.
std::vector<std::size_t> counterparts(const OpView& op, const std::vector<AlikeChannel>& alike) {
  const std::size_t outputs = channel_count(op.out(0));
  std::vector<std::size_t> result(static_cast<std::size_t>(op.in(1).shape.elements()));
  for_each_weight(
      op, [&](std::size_t i, std::size_t ic, std::size_t) { result[i] = i - (ic - alike[ic].first) * outputs; });
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

// False: a sum of weights is too large for single precision.
bool merge(const OpView& op, const std::vector<AlikeChannel>& alike, std::span<float> weights,
           const std::vector<std::size_t>& firsts) {
  std::vector<double> sums(weights.size(), 0.0);
  for_each_weight(op, [&](std::size_t i, std::size_t ic, std::size_t) {
    sums[firsts[i]] += alike[ic].factor * static_cast<double>(weights[i]);
  });
  constexpr auto largest = static_cast<double>(std::numeric_limits<float>::max());
  if (std::ranges::any_of(sums, [](double sum) { return !(std::abs(sum) <= largest); })) return false;
  std::ranges::transform(sums, weights.begin(), [](double sum) { return static_cast<float>(sum); });
  return true;
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
    for (std::uint32_t c = 0; c < alike[i].size(); ++c) alike[i][c].first = c;
  }
  for (const Node& node : graph.nodes) {
    const OpView op{graph, node};
    const ChannelFlow flow = channel_flow(op);
    if (flow.kind != ChannelFlow::Kind::opaque) alike[*node.outputs[0]] = alike_among(channel_sources(op, flow, alike));
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
    const bool real = weights.dtype == DType::f32;
    if (real && !merge(op, alike[*op.node.inputs[0]], weights.as<float>(), firsts)) continue;
    if (weights.dtype == DType::s8 && !merge(weights.as<std::int8_t>(), firsts)) continue;
    if (weights.bytes == before.bytes) continue;
    if (!merged) merged = graph;
    replace_constant(*merged, merged->nodes[i].inputs[1], std::move(weights.bytes));
  }
  return merged;
}

}  // namespace mote
