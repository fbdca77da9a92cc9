#pragma once
#include <cstdint>
#include <optional>
#include <vector>

namespace mote {

// Offsets for buffers with lifetimes: dynamic storage allocation, with buffers that may partly lie over each other.

// Bytes that must stay untouched from step `first` to step `last`, both inclusive.
struct Buffer {
  std::int64_t bytes = 0;      // 0: never in anyone's way
  std::int64_t alignment = 1;  // power of two
  std::int32_t first = 0, last = 0;
};

// Buffers alive at a common step lie apart: offset(upper) >= offset(lower) + bytes(lower), or the other way round.
// A separation softens the first form for one ordered pair: offset(upper) >= offset(lower) + `bytes` is enough, and so
// is offset(upper) == offset(lower) + `exact`.
struct Separation {
  std::size_t lower = 0, upper = 0;
  std::int64_t bytes = 0;               // >= 0
  std::optional<std::int64_t> exact{};  // >= 0
};

struct PlacementProblem {
  std::vector<Buffer> buffers{};
  std::vector<Separation> separations{};
};

struct PlacedBuffers {
  std::vector<std::int64_t> offsets{};  // as the problem's buffers
  std::int64_t height = 0;              // the highest end
  std::int64_t lower_bound = 0;         // no placement is lower
  bool proven_optimal = false;
};

// Several greedy orders, then an exact search that looks at `search_budget` buffers at most. Deterministic.
[[nodiscard]] PlacedBuffers place(const PlacementProblem& problem, std::int64_t search_budget);

}  // namespace mote
