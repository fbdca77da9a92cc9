#include "passes/plan/conflicts.hpp"

#include <algorithm>
#include <map>
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

using Distances = std::map<std::pair<std::size_t, std::size_t>, Distance>;

// Two separations of one pair allow what both allow.
Distance both(const Distance& a, const Distance& b) {
  Distance common{.bytes = std::max(a.bytes, b.bytes)};
  const auto allows = [](const Distance& distance, std::int64_t bytes) {
    return bytes >= distance.bytes || distance.exact == bytes;
  };
  for (const auto& exact : {a.exact, b.exact}) {
    if (exact && *exact < common.bytes && allows(a, *exact) && allows(b, *exact)) common.exact = exact;
  }
  return common;
}

Distances softened(const PlacementProblem& problem) {
  Distances distances;
  for (const Separation& separation : problem.separations) {
    MOTE_CHECK(separation.bytes >= 0 && separation.exact.value_or(0) >= 0 && separation.lower != separation.upper);
    const std::int64_t size = problem.buffers[separation.lower].bytes;
    const Distance distance = both({.bytes = std::min(separation.bytes, size), .exact = separation.exact}, {});
    const auto [found, fresh] = distances.try_emplace({separation.lower, separation.upper}, distance);
    if (!fresh) found->second = both(found->second, distance);
  }
  return distances;
}

// From the first byte of `lower` to that of `upper`.
Distance distance_of(const PlacementProblem& problem, const Distances& distances, std::size_t lower,
                     std::size_t upper) {
  const auto found = distances.find({lower, upper});
  return found == distances.end() ? Distance{.bytes = problem.buffers[lower].bytes} : found->second;
}

bool begins_before(std::span<const Buffer> buffers, std::size_t a, std::size_t b) {
  return buffers[a].first != buffers[b].first ? buffers[a].first < buffers[b].first : a < b;
}

}  // namespace

Conflicts conflicts_of(const PlacementProblem& problem) {
  const Distances distances = softened(problem);
  Conflicts conflicts(problem.buffers.size());
  sweep(problem.buffers, [&](std::size_t next, std::span<const std::size_t> alive) {
    for (const std::size_t other : alive) {
      const Distance next_below = distance_of(problem, distances, next, other);
      const Distance next_above = distance_of(problem, distances, other, next);
      conflicts[next].push_back({.other = other, .above = next_below, .below = next_above});
      conflicts[other].push_back({.other = next, .above = next_above, .below = next_below});
    }
  });
  return conflicts;
}

std::int64_t count_conflicts(std::span<const Buffer> buffers, std::int64_t most) {
  std::int64_t pairs = 0;
  sweep(buffers, [&](std::size_t, std::span<const std::size_t> alive) {
    pairs = std::min(most + 1, pairs + static_cast<std::int64_t>(alive.size()));
  });
  return pairs;
}

// Each pair is credited to the buffer that begins later, which is the one that is written over the other.
std::vector<Saving> savings_of(const PlacementProblem& problem) {
  const std::span<const Buffer> buffers = problem.buffers;
  const Distances distances = softened(problem);
  std::map<std::size_t, Saving> savings;
  for (const auto& [pair, softer] : distances) {
    const auto [lower, upper] = pair;
    const bool both_ways = distances.contains({upper, lower});
    if (both_ways && lower > upper) continue;  // seen from the other side
    const std::int64_t size_a = buffers[lower].bytes, size_b = buffers[upper].bytes;
    const std::int64_t common = std::min({size_a, size_b,
                                          std::max(size_a - distance_of(problem, distances, lower, upper).least(),
                                                   size_b - distance_of(problem, distances, upper, lower).least())});
    const bool lower_first = begins_before(buffers, lower, upper);
    const std::size_t earlier = lower_first ? lower : upper, later = lower_first ? upper : lower;
    if (common <= 0 || buffers[later].first > buffers[earlier].last) continue;
    Saving& saving = savings.try_emplace(later, Saving{.buffer = later, .bytes = 0, .until = 0}).first->second;
    saving.bytes = std::min(saving.bytes + common, buffers[later].bytes);
    saving.until = std::max(saving.until, std::min(buffers[earlier].last, buffers[later].last));
  }
  std::vector<Saving> list;
  for (const auto& [buffer, saving] : savings) list.push_back(saving);
  return list;
}

std::int64_t lower_bound_of(const PlacementProblem& problem) {
  std::map<std::int64_t, std::int64_t> change;  // of the bytes alive, by step
  for (const Buffer& buffer : problem.buffers) {
    change[buffer.first] += buffer.bytes;
    change[std::int64_t{buffer.last} + 1] -= buffer.bytes;
  }
  for (const Saving& saving : savings_of(problem)) {
    change[problem.buffers[saving.buffer].first] -= saving.bytes;
    change[std::int64_t{saving.until} + 1] += saving.bytes;
  }
  std::int64_t bytes = 0, bound = 0;
  for (const auto& [step, difference] : change) bound = std::max(bound, bytes += difference);
  return bound;
}

std::vector<Section> sections_of(const PlacementProblem& problem) {
  const std::vector<Saving> savings = savings_of(problem);
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
    section.savings.clear();
    for (const std::size_t member : section.members) {
      const auto found = std::ranges::lower_bound(savings, member, {}, &Saving::buffer);
      if (found != savings.end() && found->buffer == member && step <= found->until) section.savings.push_back(*found);
    }
  });
  return sections;
}

std::int64_t height_of(const PlacementProblem& problem, std::span<const std::int64_t> offsets) {
  std::int64_t height = 0;
  for (std::size_t i = 0; i < problem.buffers.size(); ++i) {
    height = std::max(height, offsets[i] + problem.buffers[i].bytes);
  }
  return height;
}

}  // namespace mote
