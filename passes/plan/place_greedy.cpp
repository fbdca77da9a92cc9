#include "passes/plan/place_greedy.hpp"

#include <algorithm>
#include <functional>
#include <numeric>

namespace mote {
namespace {

constexpr std::int64_t unplaced = -1;

// Offsets that a placed buffer denies: low < offset < high.
struct Denied {
  std::int64_t low = 0, high = 0;
};

// One range, cut where an exact distance leaves a single offset free.
void deny(std::vector<Denied>& denied, const Conflict& conflict, std::int64_t at) {
  const std::int64_t end = at + conflict.below.bytes;
  std::int64_t low = at - conflict.above.bytes;
  if (conflict.above.exact) denied.push_back({.low = low, .high = at - *conflict.above.exact});
  if (conflict.above.exact) low = at - *conflict.above.exact;
  if (conflict.below.exact) denied.push_back({.low = low, .high = at + *conflict.below.exact});
  if (conflict.below.exact) low = at + *conflict.below.exact;
  denied.push_back({.low = low, .high = end});
}

std::vector<Denied> denied_offsets(const std::vector<Conflict>& conflicts, std::span<const std::int64_t> offsets) {
  std::vector<Denied> denied;
  for (const Conflict& conflict : conflicts) {
    const std::int64_t at = offsets[conflict.other];
    if (at != unplaced) deny(denied, conflict, at);
  }
  return denied;
}

// The highest offset from `from` downwards that is not denied; negative if there is none.
std::int64_t highest_offset(std::vector<Denied> denied, std::int64_t from, std::int64_t alignment) {
  std::ranges::sort(denied, std::ranges::greater{}, &Denied::high);
  std::int64_t offset = from & ~(alignment - 1);
  for (const Denied& range : denied) {
    if (range.low < offset && offset < range.high) offset = range.low & ~(alignment - 1);
  }
  return offset;
}

std::int64_t lowest_offset(std::vector<Denied> denied, std::int64_t alignment) {
  std::ranges::sort(denied, {}, &Denied::low);
  std::int64_t offset = 0;
  for (const Denied& range : denied) {
    if (range.low < offset && offset < range.high) offset = align_up(range.high, alignment);
  }
  return offset;
}

// Larger keys first; equal ones keep the order of the buffers.
std::vector<std::size_t> sorted_by(std::size_t count, const std::function<std::int64_t(std::size_t)>& key) {
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, std::ranges::greater{}, key);
  return order;
}

}  // namespace

std::vector<std::int64_t> place_in_order(const PlacementProblem& problem, const Conflicts& conflicts,
                                         std::span<const std::size_t> order) {
  std::vector<std::int64_t> offsets(problem.buffers.size(), unplaced);
  for (const std::size_t i : order) {
    offsets[i] = lowest_offset(denied_offsets(conflicts[i], offsets), problem.buffers[i].alignment);
  }
  return offsets;
}

std::vector<std::int64_t> place_at_both_ends(const PlacementProblem& problem, const Conflicts& conflicts,
                                             std::int64_t height) {
  std::vector<std::int64_t> offsets(problem.buffers.size(), unplaced);
  const auto begin = [&](std::size_t i) { return -std::int64_t{problem.buffers[i].first}; };
  for (const std::size_t i : sorted_by(problem.buffers.size(), begin)) {
    const Buffer& buffer = problem.buffers[i];
    const std::vector<Denied> denied = denied_offsets(conflicts[i], offsets);
    const std::int64_t low = lowest_offset(denied, buffer.alignment);
    const std::int64_t high = highest_offset(denied, height - buffer.bytes, buffer.alignment);
    // Against an end it leaves the largest gap for what comes.
    const bool at_the_top = low > 0 && high >= 0 && height - buffer.bytes - high < buffer.alignment;
    offsets[i] = at_the_top ? high : low;
  }
  return offsets;
}

std::vector<std::int64_t> place_greedily(const PlacementProblem& problem, const Conflicts& conflicts) {
  const std::vector<Buffer>& buffers = problem.buffers;
  const auto lifetime = [&](std::size_t i) { return std::int64_t{buffers[i].last} - buffers[i].first + 1; };
  const auto crowding = [&](std::size_t i) {
    std::int64_t bytes = buffers[i].bytes;
    for (const Conflict& conflict : conflicts[i]) bytes += buffers[conflict.other].bytes;
    return bytes;
  };
  const std::function<std::int64_t(std::size_t)> keys[] = {
      [&](std::size_t i) { return buffers[i].bytes; },
      [&](std::size_t i) { return buffers[i].bytes * lifetime(i); },
      lifetime,
      crowding,
      [&](std::size_t i) { return -std::int64_t{buffers[i].first}; },
      [&](std::size_t i) { return std::int64_t{buffers[i].last}; },
  };
  std::vector<std::int64_t> best = place_at_both_ends(problem, conflicts, lower_bound_of(problem));
  for (const auto& key : keys) {
    std::vector<std::int64_t> offsets = place_in_order(problem, conflicts, sorted_by(buffers.size(), key));
    if (height_of(problem, offsets) < height_of(problem, best)) best = std::move(offsets);
  }
  return best;
}

std::vector<std::int64_t> place_apart(std::span<const Buffer> buffers) {
  std::vector<std::int64_t> offsets(buffers.size(), unplaced);
  for (const std::size_t i : sorted_by(buffers.size(), [&](std::size_t k) { return buffers[k].bytes; })) {
    std::vector<Conflict> conflicts;
    for (std::size_t other = 0; other < buffers.size(); ++other) {
      const bool together = buffers[other].first <= buffers[i].last && buffers[i].first <= buffers[other].last;
      if (offsets[other] == unplaced || !together || buffers[other].bytes == 0) continue;
      conflicts.push_back(
          {.other = other, .above = {.bytes = buffers[i].bytes}, .below = {.bytes = buffers[other].bytes}});
    }
    offsets[i] = buffers[i].bytes == 0 ? 0 : lowest_offset(denied_offsets(conflicts, offsets), buffers[i].alignment);
  }
  return offsets;
}

}  // namespace mote
