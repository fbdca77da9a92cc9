#include "passes/plan/arena.hpp"

#include <algorithm>
#include <limits>

#include "lib/support/check.hpp"

namespace mote {
namespace {

// Scratch may hold any scalar type.
constexpr std::int64_t scratch_alignment = 8;

std::int64_t operands_in(const StorageMap& map, const KernelCall& call, std::size_t storage) {
  return std::ranges::count_if(call.operands, [&](ValueId operand) {
    return operand && map.ranges[*operand] && map.ranges[*operand]->storage == storage;
  });
}

StorageOverlap as_storages(const StorageMap& map, const Overlap& overlap) {
  const ValueRange& operand = *map.ranges[*overlap.operand];
  const ValueRange& output = *map.ranges[*overlap.output];
  const std::int64_t shift = output.offset - operand.offset;
  const auto shifted = [](std::optional<std::int64_t> exact, std::int64_t by) {
    return exact && *exact + by >= 0 ? std::optional(*exact + by) : std::nullopt;
  };
  return {.operand = operand.storage,
          .output = output.storage,
          .operand_above = std::max<std::int64_t>(0, overlap.operand_above + shift),
          .output_above = std::max<std::int64_t>(0, overlap.output_above - shift),
          .in_place = overlap.in_place && shift == 0,
          .operand_above_exact = shifted(overlap.operand_above_exact, shift),
          .output_above_exact = shifted(overlap.output_above_exact, -shift)};
}

// The output is born at this step and the operand dies: nothing but the kernel's own order limits their overlap.
bool replaces(const StorageOverlap& overlap, const StorageMap& map, const std::vector<Lifetime>& lifetimes,
              std::int32_t step) {
  return map.storages[overlap.operand].home == Home::arena && map.storages[overlap.output].home == Home::arena &&
         lifetimes[overlap.operand].last == step && lifetimes[overlap.output].first == step;
}

// A residual of the same size: the two become one buffer. At this step that saves its whole size, which no other
// arrangement of the two can do.
bool may_merge(const StorageOverlap& overlap, const StorageMap& map) {
  const std::int64_t bytes = map.storages[overlap.output].bytes;
  return overlap.in_place && overlap.operand_above >= bytes && map.storages[overlap.operand].bytes == bytes;
}

void add_storages(ArenaProblem& arena, const StorageMap& map, const std::vector<Lifetime>& lifetimes) {
  arena.buffer_of_storage.resize(map.storages.size());
  for (std::size_t i = 0; i < map.storages.size(); ++i) {
    if (map.storages[i].home != Home::arena) continue;
    arena.buffer_of_storage[i] = arena.problem.buffers.size();
    arena.problem.buffers.push_back({.bytes = map.storages[i].bytes,
                                     .alignment = map.storages[i].alignment,
                                     .first = lifetimes[i].first,
                                     .last = lifetimes[i].last});
  }
}

void merge(ArenaProblem& arena, const StorageOverlap& overlap) {
  std::vector<Buffer>& buffers = arena.problem.buffers;
  const std::size_t kept = *arena.buffer_of_storage[overlap.operand];
  const std::size_t gone = *arena.buffer_of_storage[overlap.output];
  buffers[kept].last = buffers[gone].last;
  buffers[kept].alignment = std::max(buffers[kept].alignment, buffers[gone].alignment);
  buffers[gone].bytes = 0;
  arena.buffer_of_storage[overlap.output] = kept;
}

void merge_residuals(ArenaProblem& arena, const StorageMap& map, const std::vector<Lifetime>& lifetimes,
                     const std::vector<PlannedStep>& steps) {
  for (std::size_t step = 0; step < steps.size(); ++step) {
    for (const StorageOverlap& overlap : storage_overlaps(map, steps[step])) {
      if (!replaces(overlap, map, lifetimes, static_cast<std::int32_t>(step)) || !may_merge(overlap, map)) continue;
      merge(arena, overlap);
      break;
    }
  }
}

void add_separations(ArenaProblem& arena, const StorageMap& map, const std::vector<Lifetime>& lifetimes,
                     const std::vector<PlannedStep>& steps) {
  for (std::size_t step = 0; step < steps.size(); ++step) {
    for (const StorageOverlap& overlap : storage_overlaps(map, steps[step])) {
      if (!replaces(overlap, map, lifetimes, static_cast<std::int32_t>(step))) continue;
      const std::size_t operand = *arena.buffer_of_storage[overlap.operand];
      const std::size_t output = *arena.buffer_of_storage[overlap.output];
      // A merged output was alive before this step: then it keeps apart from every other operand.
      if (operand == output || arena.problem.buffers[output].first != static_cast<std::int32_t>(step)) continue;
      arena.problem.separations.push_back(
          {.lower = output, .upper = operand, .bytes = overlap.operand_above, .exact = overlap.operand_above_exact});
      arena.problem.separations.push_back(
          {.lower = operand, .upper = output, .bytes = overlap.output_above, .exact = overlap.output_above_exact});
    }
  }
}

void add_scratch(ArenaProblem& arena, const std::vector<PlannedStep>& steps) {
  arena.buffer_of_scratch.resize(steps.size());
  for (std::size_t step = 0; step < steps.size(); ++step) {
    if (steps[step].call.scratch_bytes == 0) continue;
    arena.buffer_of_scratch[step] = arena.problem.buffers.size();
    const auto at = static_cast<std::int32_t>(step);
    arena.problem.buffers.push_back(
        {.bytes = steps[step].call.scratch_bytes, .alignment = scratch_alignment, .first = at, .last = at});
  }
}

}  // namespace

std::vector<StorageOverlap> storage_overlaps(const StorageMap& map, const PlannedStep& step) {
  std::vector<StorageOverlap> merged;
  std::vector<std::int64_t> roles;
  for (const Overlap& overlap : step.overlaps) {
    const StorageOverlap next = as_storages(map, overlap);
    if (next.operand == next.output) continue;
    const auto found = std::ranges::find_if(merged, [&](const StorageOverlap& earlier) {
      return earlier.operand == next.operand && earlier.output == next.output;
    });
    if (found == merged.end()) {
      merged.push_back(next);
      roles.push_back(1);
      continue;
    }
    ++roles[static_cast<std::size_t>(found - merged.begin())];
    found->operand_above = std::max(found->operand_above, next.operand_above);
    found->output_above = std::max(found->output_above, next.output_above);
    found->in_place = found->in_place && next.in_place;
    found->operand_above_exact.reset();
    found->output_above_exact.reset();
  }
  // Any other operand in the same bytes has no rule.
  std::vector<StorageOverlap> overlaps;
  for (std::size_t i = 0; i < merged.size(); ++i) {
    if (operands_in(map, step.call, merged[i].operand) == roles[i]) overlaps.push_back(merged[i]);
  }
  return overlaps;
}

std::vector<Lifetime> lifetimes_of(const SeparatedGraph& separated, const StorageMap& map,
                                   const std::vector<PlannedStep>& steps) {
  const auto end = static_cast<std::int32_t>(steps.size());
  std::vector<Lifetime> lifetimes(map.storages.size(), {.first = end, .last = -1});
  for (std::size_t i = 0; i < map.storages.size(); ++i) {
    const Home home = map.storages[i].home;
    if (home == Home::caller_input || home == Home::constant) lifetimes[i].first = -1;
    if (home == Home::caller_output) lifetimes[i].last = end;
  }
  const auto use = [&](ValueId value, std::int32_t step) {
    if (!value || !map.ranges[*value]) return;
    Lifetime& lifetime = lifetimes[map.ranges[*value]->storage];
    lifetime.first = std::min(lifetime.first, step);
    lifetime.last = std::max(lifetime.last, step);
  };
  for (std::size_t step = 0; step < steps.size(); ++step) {
    const auto at = static_cast<std::int32_t>(step);
    for (const ValueId operand : steps[step].call.operands) use(operand, at);
    for (const ValueId output : separated.graph.nodes[steps[step].node].outputs) use(output, at);
  }
  return lifetimes;
}

ArenaProblem arena_problem(const StorageMap& map, const std::vector<Lifetime>& lifetimes,
                           const std::vector<PlannedStep>& steps) {
  ArenaProblem arena;
  add_storages(arena, map, lifetimes);
  merge_residuals(arena, map, lifetimes, steps);
  add_separations(arena, map, lifetimes, steps);
  add_scratch(arena, steps);
  return arena;
}

}  // namespace mote
