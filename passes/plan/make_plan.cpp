#include "passes/plan/make_plan.hpp"

#include <algorithm>
#include <numeric>
#include <set>

#include "lib/ops/op_def.hpp"
#include "lib/support/check.hpp"
#include "passes/plan/arena.hpp"
#include "passes/plan/tasks.hpp"

namespace mote {
namespace {

// Sets of executed nodes that the schedule may keep, over all levels: some tenths of a second.
constexpr std::int64_t most_schedule_sets = 50'000;

using Steps = std::vector<std::optional<PlannedStep>>;  // by node; nothing for views

Result<PlannedStep> lower(const Graph& graph, std::size_t index, const Target& target, const PlanOptions& options) {
  const Node& node = graph.nodes[index];
  const OpView view{graph, node};
  if (node.op->lower == nullptr) {
    return at(view, Code::stage_violation, "the operator has no kernel, so it cannot be compiled in this place");
  }
  PlannedStep step{.node = index, .call = {}, .overlaps = {}};
  MOTE_TRY(step.call, node.op->lower(view, target));
  if (options.overlap) step.overlaps = overlaps_of(graph, node, step.call);
  return step;
}

// All nodes that cannot be lowered are reported together.
Result<Steps> lower_nodes(const Graph& graph, const StorageMap& map, const Target& target, const PlanOptions& options) {
  Steps steps(graph.nodes.size());
  Diagnostics problems;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    if (!map.needs_kernel[i]) continue;
    Result<PlannedStep> step = lower(graph, i, target, options);
    if (step) {
      steps[i] = *std::move(step);
    } else {
      std::ranges::move(step.errors(), std::back_inserter(problems));
    }
  }
  if (!problems.empty()) return problems;
  return steps;
}

std::vector<PlannedStep> in_order(const SeparatedGraph& separated, const StorageMap& map, Steps steps, bool reorder) {
  std::vector<std::size_t> order(steps.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  if (reorder) order = schedule(tasks_of(separated, map, steps), most_schedule_sets);
  std::vector<PlannedStep> ordered;
  for (const std::size_t node : order) {
    if (steps[node]) ordered.push_back(*std::move(steps[node]));
  }
  return ordered;
}

// Constants that no kernel reads were used up by lowering (axes, shapes folded into geometry).
std::set<ValueId> values_to_place(const Graph& graph, const std::vector<PlannedStep>& steps) {
  std::set<ValueId> values(graph.inputs.begin(), graph.inputs.end());
  values.insert(graph.outputs.begin(), graph.outputs.end());
  for (const Node& node : graph.nodes) values.insert(node.outputs.begin(), node.outputs.end());
  for (const PlannedStep& step : steps) values.insert(step.call.operands.begin(), step.call.operands.end());
  values.erase(ValueId{});
  return values;
}

std::int64_t storage_offset(const ArenaProblem& arena, const PlacedBuffers& placed, std::size_t storage) {
  const auto& buffer = arena.buffer_of_storage[storage];
  return buffer ? placed.offsets[*buffer] : 0;
}

void add_placements(Plan& plan, const StorageMap& map, const std::vector<PlannedStep>& steps, const ArenaProblem& arena,
                    const PlacedBuffers& placed, const std::vector<Lifetime>& lifetimes) {
  for (const ValueId value : values_to_place(plan.graph, steps)) {
    const ValueRange& range = *map.ranges[*value];
    const Storage& storage = map.storages[range.storage];
    plan.placements.push_back({.value = value,
                               .storage = storage.owner,
                               .home = storage.home,
                               .index = storage.index,
                               .offset = storage_offset(arena, placed, range.storage) + range.offset,
                               .bytes = plan.graph.at(value).type.bytes(),
                               .first_step = lifetimes[range.storage].first,
                               .last_step = lifetimes[range.storage].last});
  }
}

// The output lies over its input, but not as far below as the usual direction of the loops needs.
bool runs_backward(const Plan& plan, const PlannedStep& step) {
  if (step.call.traversal != Traversal::window) return false;
  return std::ranges::any_of(step.overlaps, [&](const Overlap& overlap) {
    const Placement& operand = plan.placement(overlap.operand);
    const Placement& output = plan.placement(overlap.output);
    const bool apart = operand.home != Home::arena || output.home != Home::arena ||
                       operand.offset + operand.bytes <= output.offset ||
                       output.offset + output.bytes <= operand.offset;
    const bool in_place = overlap.in_place && operand.offset == output.offset;
    const std::int64_t distance = operand.offset - output.offset;
    return !apart && !in_place && distance < overlap.operand_above && distance != overlap.operand_above_exact;
  });
}

void add_steps(Plan& plan, std::vector<PlannedStep> steps, const ArenaProblem& arena, const PlacedBuffers& placed) {
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (runs_backward(plan, steps[i])) steps[i].call.kernel += "_backward";
    Step step{.node = steps[i].node, .call = std::move(steps[i].call)};
    if (arena.buffer_of_scratch[i]) step.scratch_offset = placed.offsets[*arena.buffer_of_scratch[i]];
    plan.scratch_bytes = std::max(plan.scratch_bytes, step.call.scratch_bytes);
    plan.sum_bytes += step.call.scratch_bytes;
    plan.macs += step.call.macs;
    plan.steps.push_back(std::move(step));
  }
}

void add_storage_totals(Plan& plan, const StorageMap& map) {
  std::set<ValueId> weights;
  for (const Step& step : plan.steps) {
    for (const ValueId operand : step.call.operands) {
      if (operand) weights.insert(map.storages[map.ranges[*operand]->storage].owner);
    }
  }
  for (const Storage& storage : map.storages) {
    if (storage.home == Home::arena) plan.sum_bytes += storage.bytes;
    if (storage.home == Home::constant && weights.contains(storage.owner)) plan.weights_bytes += storage.bytes;
  }
}

}  // namespace

Result<Plan> make_plan(Graph graph, const Target& target, const PlanOptions& options) {
  SeparatedGraph separated = separate_outputs(std::move(graph));
  const StorageMap map = map_storages(separated);
  MOTE_TRY(Steps lowered, lower_nodes(separated.graph, map, target, options));
  std::vector<PlannedStep> steps = in_order(separated, map, std::move(lowered), options.reorder);

  const std::vector<Lifetime> lifetimes = lifetimes_of(separated, map, steps);
  const ArenaProblem arena = arena_problem(map, lifetimes, steps);
  const PlacedBuffers placed = place(arena.problem, options.search_budget);

  Plan plan{.graph = std::move(separated.graph), .target = target};
  add_placements(plan, map, steps, arena, placed, lifetimes);
  add_steps(plan, std::move(steps), arena, placed);
  add_storage_totals(plan, map);
  plan.arena_bytes = placed.height;
  plan.lower_bound_bytes = placed.lower_bound;
  plan.proven_optimal = placed.proven_optimal;
  MOTE_TRY_STATUS(check(plan));
  return plan;
}

}  // namespace mote
