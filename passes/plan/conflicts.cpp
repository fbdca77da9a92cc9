#include "passes/plan/conflicts.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <utility>

#include "lib/support/check.hpp"

namespace mote {
namespace {

// Indices of the non-empty buffers in order of their first step.
std::vector<std::size_t> by_first_step(std::span<const Buffer> buffers) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < buffers.size(); ++i) {
    MOTE_CHECK(buffers[i].bytes >= 0 && buffers[i].first <= buffers[i].last);
    if (buffers[i].bytes > 0) order.push_back(i);
  }
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return buffers[i].first; });
  return order;
}

// Calls visit(buffer, alive): `alive` are the earlier buffers that share the step at which `buffer` begins.
template <class F>
void sweep(std::span<const Buffer> buffers, F&& visit) {
  std::vector<std::size_t> alive;
  for (const std::size_t next : by_first_step(buffers)) {
    std::erase_if(alive, [&](std::size_t i) { return buffers[i].last < buffers[next].first; });
    visit(next, std::as_const(alive));
    alive.push_back(next);
  }
}

using Distances = std::map<std::pair<std::size_t, std::size_t>, std::int64_t>;

// Two separations of one pair allow what both allow: the larger distance.
Distances softened(const PlacementProblem& problem) {
  Distances distances;
  for (const Separation& separation : problem.separations) {
    MOTE_CHECK(separation.bytes >= 0 && separation.lower != separation.upper);
    std::int64_t& bytes = distances[{separation.lower, separation.upper}];
    bytes = std::max(bytes, separation.bytes);
  }
  return distances;
}

// The most that `a` and the conflicting buffer can lie over each other.
std::int64_t common_bytes(std::span<const Buffer> buffers, std::size_t a, const Conflict& conflict) {
  const std::int64_t size_a = buffers[a].bytes;
  const std::int64_t size_b = buffers[conflict.other].bytes;
  return std::min({size_a, size_b, std::max(size_a - conflict.above, size_b - conflict.below)});
}

// Each pair of a section is credited to the buffer that begins later, which is the one that is written over the other.
std::int64_t saving_in(const PlacementProblem& problem, const std::vector<Conflict>& conflicts, std::size_t buffer,
                       std::span<const std::size_t> earlier) {
  std::int64_t bytes = 0;
  for (const Conflict& conflict : conflicts) {
    if (std::ranges::find(earlier, conflict.other) == earlier.end()) continue;
    bytes += common_bytes(problem.buffers, buffer, conflict);
  }
  return std::min(bytes, problem.buffers[buffer].bytes);
}

}  // namespace

Conflicts conflicts_of(const PlacementProblem& problem) {
  const std::span<const Buffer> buffers = problem.buffers;
  const Distances distances = softened(problem);
  const auto distance = [&](std::size_t lower, std::size_t upper) {
    const auto found = distances.find({lower, upper});
    return found == distances.end() ? buffers[lower].bytes : std::min(found->second, buffers[lower].bytes);
  };
  Conflicts conflicts(buffers.size());
  sweep(buffers, [&](std::size_t next, std::span<const std::size_t> alive) {
    for (const std::size_t other : alive) {
      conflicts[next].push_back({.other = other, .above = distance(next, other), .below = distance(other, next)});
      conflicts[other].push_back({.other = next, .above = distance(other, next), .below = distance(next, other)});
    }
  });
  return conflicts;
}

std::vector<Section> sections_of(const PlacementProblem& problem, const Conflicts& conflicts) {
  std::vector<Section> sections;
  std::int32_t step = 0;
  sweep(problem.buffers, [&](std::size_t next, std::span<const std::size_t> alive) {
    // Buffers that begin together come one by one: the last of them sees the whole section.
    const bool same_step = !sections.empty() && step == problem.buffers[next].first;
    if (!same_step) sections.emplace_back();
    step = problem.buffers[next].first;
    Section& section = sections.back();
    section.members.assign(alive.begin(), alive.end());
    section.members.push_back(next);
  });
  for (Section& section : sections) {
    const std::span<const std::size_t> members = section.members;
    for (std::size_t i = 1; i < members.size(); ++i) {
      const std::int64_t bytes = saving_in(problem, conflicts[members[i]], members[i], members.first(i));
      if (bytes > 0) section.savings.push_back({.buffer = members[i], .bytes = bytes});
    }
  }
  return sections;
}

std::int64_t lower_bound_of(const PlacementProblem& problem, std::span<const Section> sections) {
  std::int64_t bound = 0;
  for (const Section& section : sections) {
    std::int64_t bytes = 0;
    for (const std::size_t member : section.members) bytes += problem.buffers[member].bytes;
    for (const Saving& saving : section.savings) bytes -= saving.bytes;
    bound = std::max(bound, bytes);
  }
  return bound;
}

std::int64_t height_of(const PlacementProblem& problem, std::span<const std::int64_t> offsets) {
  std::int64_t height = 0;
  for (std::size_t i = 0; i < problem.buffers.size(); ++i) {
    height = std::max(height, offsets[i] + problem.buffers[i].bytes);
  }
  return height;
}

}  // namespace mote
