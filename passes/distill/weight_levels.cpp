#include "passes/distill/weight_levels.hpp"

#include <algorithm>
#include <cmath>

#include "lib/quant/weight_scale.hpp"
#include "passes/match.hpp"

namespace mote {

std::vector<std::int64_t> integer_weight_channels(const Graph& graph, std::span<const ValueId> variables) {
  std::vector<bool> quantized(graph.values.size(), false);
  std::vector<std::int64_t> channels(variables.size(), 0);
  for (const Node& node : graph.nodes) {
    if (node.op->name == "FakeQuantize") quantized[*node.outputs[0]] = true;
    if (!is_core_product(node.op->name) || !quantized[*node.inputs[0]]) continue;
    const auto found = std::ranges::find(variables, node.inputs[1]);
    if (found == variables.end()) continue;
    channels[static_cast<std::size_t>(found - variables.begin())] =
        graph.at(node.inputs[1]).type.shape.extents().back();
  }
  return channels;
}

void round_to_weight_levels(std::span<float> weights, std::int64_t channels) {
  const auto step = static_cast<std::size_t>(channels);
  for (std::size_t channel = 0; channel < step; ++channel) {
    float largest = 0.0F;
    for (std::size_t i = channel; i < weights.size(); i += step) largest = std::max(largest, std::fabs(weights[i]));
    if (largest == 0.0F) continue;
    const float scale = largest / static_cast<float>(largest_weight_level);
    for (std::size_t i = channel; i < weights.size(); i += step) weights[i] = std::round(weights[i] / scale) * scale;
  }
}

}  // namespace mote
