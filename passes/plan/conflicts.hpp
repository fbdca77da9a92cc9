#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "passes/plan/place.hpp"

namespace mote {

// A buffer that shares a step with another one, seen from that one.
struct Conflict {
  std::size_t other = 0;
  std::int64_t above = 0;  // offset(other) >= offset(this) + above, or
  std::int64_t below = 0;  // offset(this) >= offset(other) + below
};

// For each buffer the ones it must be kept from, with the distances; empty buffers conflict with none.
using Conflicts = std::vector<std::vector<Conflict>>;
[[nodiscard]] Conflicts conflicts_of(const PlacementProblem& problem);

// `bytes` is the most that `buffer` can lie over members of the same section.
struct Saving {
  std::size_t buffer = 0;
  std::int64_t bytes = 0;
};

// Buffers that are all alive at one step. Whatever the offsets, together they cover at least the sum of their bytes
// less the savings.
struct Section {
  std::vector<std::size_t> members{};
  std::vector<Saving> savings{};
};
// One section per step at which a buffer begins: at all other steps a subset of an earlier section is alive.
[[nodiscard]] std::vector<Section> sections_of(const PlacementProblem& problem, const Conflicts& conflicts);
[[nodiscard]] std::int64_t lower_bound_of(const PlacementProblem& problem, std::span<const Section> sections);

[[nodiscard]] std::int64_t height_of(const PlacementProblem& problem, std::span<const std::int64_t> offsets);
[[nodiscard]] constexpr std::int64_t align_up(std::int64_t offset, std::int64_t alignment) {
  return (offset + alignment - 1) & ~(alignment - 1);
}

}  // namespace mote
