#pragma once
#include <optional>

#include "passes/plan/conflicts.hpp"

namespace mote {

// Each buffer in `order` at the lowest offset that the ones before it leave. Visiting buffers by ascending offset of an
// optimal placement gives an optimal placement, so some order is optimal.
[[nodiscard]] std::vector<std::int64_t> place_in_order(const PlacementProblem& problem, const Conflicts& conflicts,
                                                       std::span<const std::size_t> order);

// In order of their beginning, each at the bottom if it is free, at the top of `height` if that is free, else as low as
// possible. Chains, where a buffer meets only the ones before and after it, always fit their lower bound this way.
[[nodiscard]] std::vector<std::int64_t> place_at_both_ends(const PlacementProblem& problem, const Conflicts& conflicts,
                                                           std::int64_t height);

// The lowest result of the orders that work well in practice: from both ends, and by size, area, lifetime,
// begin, end and crowding.
[[nodiscard]] std::vector<std::int64_t> place_greedily(const PlacementProblem& problem, const Conflicts& conflicts);

// For more buffers than conflicts can be kept of: by size, lowest gap first, nothing over anything. Needs no memory
// beyond the offsets and time with the square of the number of buffers.
[[nodiscard]] std::vector<std::int64_t> place_apart(std::span<const Buffer> buffers);

}  // namespace mote
