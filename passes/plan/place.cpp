#include "passes/plan/place.hpp"

#include <algorithm>

#include "passes/plan/conflicts.hpp"
#include "passes/plan/place_exact.hpp"
#include "passes/plan/place_greedy.hpp"

namespace mote {
namespace {

// The exact search keeps a copy of the state per level; beyond this many buffers it would not finish anyway.
constexpr std::size_t most_exact_buffers = 1000;
// Pairs of buffers alive together that are kept in memory: 50 MB at worst.
constexpr std::int64_t most_conflicts = 1'000'000;

// Buffers of which none shares a step with a buffer of another part; `members` are indices into the whole problem.
struct Part {
  PlacementProblem problem{};
  std::vector<std::size_t> members{};
};

std::vector<Part> parts_of(const PlacementProblem& problem) {
  const std::vector<Buffer>& buffers = problem.buffers;
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < buffers.size(); ++i) {
    if (buffers[i].bytes > 0) order.push_back(i);
  }
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return buffers[i].first; });

  std::vector<Part> parts;
  std::vector<std::size_t> part_of(buffers.size(), buffers.size());
  std::vector<std::size_t> index_in(buffers.size(), 0);
  std::int32_t end = 0;
  for (const std::size_t i : order) {
    if (parts.empty() || buffers[i].first > end) parts.emplace_back();
    end = parts.back().members.empty() ? buffers[i].last : std::max(end, buffers[i].last);
    part_of[i] = parts.size() - 1;
    index_in[i] = parts.back().members.size();
    parts.back().members.push_back(i);
    parts.back().problem.buffers.push_back(buffers[i]);
  }
  for (const Separation& separation : problem.separations) {
    const std::size_t part = part_of[separation.lower];
    if (part >= parts.size() || part != part_of[separation.upper]) continue;
    parts[part].problem.separations.push_back({.lower = index_in[separation.lower],
                                               .upper = index_in[separation.upper],
                                               .bytes = separation.bytes,
                                               .exact = separation.exact});
  }
  return parts;
}

struct PartResult {
  std::vector<std::int64_t> offsets{};
  bool proven = false;  // no lower placement of this part exists, or none that is lower than `bound`
};

// `bound`: what some part needs anyway, so that no other has to be lower.
PartResult place_part(const PlacementProblem& problem, std::int64_t bound, std::int64_t& budget) {
  if (count_conflicts(problem.buffers, most_conflicts) > most_conflicts) {
    PartResult apart{.offsets = place_apart(problem.buffers)};
    apart.proven = height_of(problem, apart.offsets) <= bound;
    return apart;
  }
  const Conflicts conflicts = conflicts_of(problem);
  PartResult greedy{.offsets = place_greedily(problem, conflicts)};
  greedy.proven = height_of(problem, greedy.offsets) <= bound;
  if (greedy.proven || problem.buffers.size() > most_exact_buffers) return greedy;
  ExactPlacement exact =
      place_exactly(problem, conflicts, sections_of(problem), std::move(greedy.offsets), bound, budget);
  budget -= exact.spent;
  return {.offsets = std::move(exact.offsets), .proven = exact.finished};
}

}  // namespace

PlacedBuffers place(const PlacementProblem& problem, std::int64_t search_budget) {
  PlacedBuffers placed{.offsets = std::vector<std::int64_t>(problem.buffers.size(), 0),
                       .height = 0,
                       .lower_bound = lower_bound_of(problem),
                       .proven_optimal = true};
  for (const Part& part : parts_of(problem)) {
    const PartResult result = place_part(part.problem, placed.lower_bound, search_budget);
    for (std::size_t i = 0; i < part.members.size(); ++i) placed.offsets[part.members[i]] = result.offsets[i];
    placed.proven_optimal = placed.proven_optimal && result.proven;
  }
  placed.height = height_of(problem, placed.offsets);
  placed.proven_optimal = placed.proven_optimal || placed.height == placed.lower_bound;
  return placed;
}

}  // namespace mote
