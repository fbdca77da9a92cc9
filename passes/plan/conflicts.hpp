#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "passes/plan/place.hpp"

namespace mote {

// A buffer that shares a step with another one, seen from that one.
struct Distance {
  std::int64_t bytes = 0;               // at least this,
  std::optional<std::int64_t> exact{};  // or exactly this, which is less
  [[nodiscard]] std::int64_t least() const { return exact.value_or(bytes); }
};
struct Conflict {
  std::size_t other = 0;
  Distance above{};  // from this one up to the other, or
  Distance below{};  // from the other one up to this one
};

// For each buffer the ones it must be kept from, with the distances; empty buffers conflict with none.
using Conflicts = std::vector<std::vector<Conflict>>;
[[nodiscard]] Conflicts conflicts_of(const PlacementProblem& problem);
// Pairs of buffers that share a step; stops counting beyond `most`.
[[nodiscard]] std::int64_t count_conflicts(std::span<const Buffer> buffers, std::int64_t most);

// From the step at which `buffer` begins until step `until` it can lie over others, by `bytes` at most.
struct Saving {
  std::size_t buffer = 0;
  std::int64_t bytes = 0;
  std::int32_t until = 0;
};
[[nodiscard]] std::vector<Saving> savings_of(const PlacementProblem& problem);

// The most bytes alive at any step, less the savings at that step: no placement is lower.
[[nodiscard]] std::int64_t lower_bound_of(const PlacementProblem& problem);

// Buffers that are all alive at one step. Whatever the offsets, together they cover at least the sum of their bytes
// less the savings.
struct Section {
  std::vector<std::size_t> members{};
  std::vector<Saving> savings{};
};
// One section per step at which a buffer begins: at all other steps a subset of an earlier section is alive.
[[nodiscard]] std::vector<Section> sections_of(const PlacementProblem& problem);

[[nodiscard]] std::int64_t height_of(const PlacementProblem& problem, std::span<const std::int64_t> offsets);
[[nodiscard]] constexpr std::int64_t align_up(std::int64_t offset, std::int64_t alignment) {
  return (offset + alignment - 1) & ~(alignment - 1);
}

}  // namespace mote
