#include "passes/fit/relief.hpp"

#include <algorithm>

#include "passes/plan/make_plan.hpp"
#include "passes/prune/channel_flow.hpp"
#include "passes/prune/channel_sets.hpp"
#include "passes/prune/product_form.hpp"

namespace mote {
namespace {

constexpr double share_of_round = 0.05;
constexpr double bytes_beside_weights = 8.0;  // of a result's channel: bias and multiplier

double size(std::int64_t number) { return static_cast<double>(number); }

// Bytes of the arena, in a plan in which every element is `scale` times as large as the limit counts it.
struct OverfullSteps {
  const Plan& plan;
  double limit = 0.0;

  [[nodiscard]] double end_of(const Placement& place) const { return size(place.offset + place.bytes); }

  [[nodiscard]] std::vector<const Placement*> alive_at(std::int32_t step) const {
    std::vector<const Placement*> alive;
    for (const Placement& place : plan.placements)
      if (place.home == Home::arena && place.value == place.storage && place.first_step <= step && step <= place.last_step)
        alive.push_back(&place);
    return alive;
  }

  void add_step(std::int32_t step, PruneRound& round, double& used) const {
    const std::vector<const Placement*> alive = alive_at(step);
    double end = 0.0;
    for (const Placement* place : alive) end = std::max(end, end_of(*place));
    if (end <= limit) return;
    round.wanted += end - limit;
    used += end;
    for (const Placement* place : alive) {
      const bool helps = end_of(*place) > limit || std::ranges::any_of(alive, [&](const Placement* other) {
                           return end_of(*other) > limit && place->offset + place->bytes <= other->offset;
                         });
      if (!helps) continue;
      const TensorType& type = plan.graph.at(place->value).type;
      round.worth[*place->value] += size(place->bytes) / size(static_cast<std::int64_t>(channel_count(type)));
    }
  }
};

// The real network has the same plan as the quantized one, but for the size of its elements.
Result<PruneRound> memory_relief(const Graph& graph, const Target& target, const Footprint& now, const FitLimits& limits) {
  MOTE_TRY(const Plan plan, make_plan(graph, target, {.search_budget = 200'000}));
  const double scale = size(plan.arena_bytes) / size(std::max<std::int64_t>(now.ram_bytes, 1));
  const OverfullSteps overfull{.plan = plan, .limit = size(limits.ram_bytes) * scale};
  PruneRound round{.worth = std::vector<double>(plan.graph.values.size(), 0.0), .wanted = 0.0};
  double used = 0.0;
  for (std::size_t step = 0; step < plan.steps.size(); ++step)
    overfull.add_step(static_cast<std::int32_t>(step), round, used);
  round.worth.resize(graph.values.size());  // the planner may have added copies of outputs behind them
  round.wanted = std::min(round.wanted, share_of_round * used);
  return round;
}

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

Result<std::optional<PruneRound>> next_relief(const Graph& graph, const Target& target, const Footprint& now,
                                              const FitLimits& limits) {
  if (now.ram_bytes > limits.ram_bytes) {
    MOTE_TRY(PruneRound round, memory_relief(graph, target, now, limits));
    return std::optional(std::move(round));
  }
  if (now.cycles > limits.cycles) {
    std::int64_t macs = 0;
    for (const Node& node : graph.nodes)
      if (node.op->macs != nullptr) macs += node.op->macs({graph, node});
    return std::optional(relief_of_sum(macs_by_channel(graph), now.cycles, limits.cycles,
                                       size(macs) / size(std::max<std::int64_t>(now.cycles, 1))));
  }
  if (now.flash_bytes > limits.flash_bytes)
    return std::optional(relief_of_sum(weight_bytes_by_channel(graph), now.flash_bytes, limits.flash_bytes, 1.0));
  return std::optional<PruneRound>{};
}

}  // namespace mote
