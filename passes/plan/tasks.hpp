#pragma once
#include <optional>
#include <vector>

#include "passes/plan/arena.hpp"
#include "passes/plan/schedule.hpp"

namespace mote {

// One task per node, in graph order; nodes without a kernel only carry dependencies.
[[nodiscard]] TaskGraph tasks_of(const SeparatedGraph& separated, const StorageMap& map,
                                 const std::vector<std::optional<PlannedStep>>& steps);

}  // namespace mote
