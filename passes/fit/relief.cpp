#include "passes/fit/relief.hpp"

#include <algorithm>

#include "passes/prune/channel_sets.hpp"
#include "passes/prune/compare_structures.hpp"

namespace mote {
namespace {

constexpr double share_of_round = 0.05;
constexpr double bytes_beside_weights = 8.0;  // of a result's channel: bias and multiplier

double size(std::int64_t number) { return static_cast<double>(number); }

std::vector<double> weight_bytes_by_channel(const Graph& graph) {
  std::vector<double> saved(graph.values.size(), 0.0);
  for (const Node& node : graph.nodes) {
    const OpView op{graph, node};
    const auto form = product_form(op);
    if (!form) continue;
    const double weights = size(op.in(1).shape.elements());
    const auto channels = [&](ValueId id) { return size(static_cast<std::int64_t>(channel_count(graph.at(id).type))); };
    saved[*node.outputs[0]] += weights / channels(node.outputs[0]) + bytes_beside_weights;
    if (!form->depthwise) saved[*node.inputs[0]] += weights / channels(node.inputs[0]);
  }
  return saved;
}

PruneRound relief_of_sum(std::vector<double> worth, std::int64_t now, std::int64_t limit, double unit) {
  const double excess = size(now - limit), most = share_of_round * size(now);
  return {.worth = std::move(worth), .wanted = std::min(excess, most) * unit};
}

}  // namespace

std::optional<PruneRound> next_relief(const Graph& graph, const Footprint& now, const FitLimits& limits) {
  if (now.cycles > limits.cycles) {
    const std::int64_t macs = compare_structures(graph, graph).macs_after;
    return relief_of_sum(macs_by_channel(graph), now.cycles, limits.cycles,
                         size(macs) / size(std::max<std::int64_t>(now.cycles, 1)));
  }
  if (now.flash_bytes > limits.flash_bytes)
    return relief_of_sum(weight_bytes_by_channel(graph), now.flash_bytes, limits.flash_bytes, 1.0);
  return std::nullopt;
}

}  // namespace mote
