#pragma once
#include "passes/plan/conflicts.hpp"

namespace mote {

struct ExactPlacement {
  std::vector<std::int64_t> offsets{};
  std::int64_t spent = 0;  // buffers looked at
  bool finished = false;   // false: stopped at the budget, `offsets` is the best so far
};

// Branch and bound after MiniMalloc (Moffitt, ASPLOS 2023), extended to separations. Starts from `incumbent` and stops
// as soon as `lower_bound` is met.
[[nodiscard]] ExactPlacement place_exactly(const PlacementProblem& problem, const Conflicts& conflicts,
                                           std::span<const Section> sections, std::vector<std::int64_t> incumbent,
                                           std::int64_t lower_bound, std::int64_t budget);

}  // namespace mote
