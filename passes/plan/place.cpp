#include "passes/plan/place.hpp"

#include <algorithm>

#include "passes/plan/conflicts.hpp"
#include "passes/plan/place_exact.hpp"
#include "passes/plan/place_greedy.hpp"

namespace mote {
namespace {

// The exact search keeps a copy of the state per level; beyond this many buffers it would not finish anyway.
constexpr std::size_t most_exact_buffers = 1000;

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
    parts[part].problem.separations.push_back(
        {.lower = index_in[separation.lower], .upper = index_in[separation.upper], .bytes = separation.bytes});
  }
  return parts;
}

struct Bounded {
  Part part{};
  Conflicts conflicts{};
  std::vector<Section> sections{};
  std::int64_t lower_bound = 0;
};

std::vector<Bounded> bounded_parts_of(const PlacementProblem& problem) {
  std::vector<Bounded> bounded;
  for (Part& part : parts_of(problem)) {
    Conflicts conflicts = conflicts_of(part.problem);
    std::vector<Section> sections = sections_of(part.problem, conflicts);
    const std::int64_t bound = lower_bound_of(part.problem, sections);
    bounded.push_back({std::move(part), std::move(conflicts), std::move(sections), bound});
  }
  return bounded;
}

}  // namespace

PlacedBuffers place(const PlacementProblem& problem, std::int64_t search_budget) {
  const std::vector<Bounded> parts = bounded_parts_of(problem);
  PlacedBuffers placed{.offsets = std::vector<std::int64_t>(problem.buffers.size(), 0)};
  for (const Bounded& bounded : parts) placed.lower_bound = std::max(placed.lower_bound, bounded.lower_bound);

  bool all_finished = true;
  for (const Bounded& bounded : parts) {
    const PlacementProblem& local = bounded.part.problem;
    std::vector<std::int64_t> offsets = place_greedily(local, bounded.conflicts);
    // A part that already fits under what another part needs does not have to be improved.
    if (height_of(local, offsets) > placed.lower_bound) {
      ExactPlacement exact{.offsets = std::move(offsets)};
      if (local.buffers.size() <= most_exact_buffers) {
        exact = place_exactly(local, bounded.conflicts, bounded.sections, std::move(exact.offsets), placed.lower_bound,
                              search_budget);
      }
      search_budget -= exact.spent;
      all_finished = all_finished && exact.finished;
      offsets = std::move(exact.offsets);
    }
    for (std::size_t i = 0; i < offsets.size(); ++i) placed.offsets[bounded.part.members[i]] = offsets[i];
  }
  placed.height = height_of(problem, placed.offsets);
  placed.proven_optimal = all_finished || placed.height == placed.lower_bound;
  return placed;
}

}  // namespace mote
