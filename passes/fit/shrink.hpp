#pragma once
#include <functional>

#include "passes/fit/footprint.hpp"

namespace mote {

// One network on the way from the model to what fits: real, at Stage::fused.
struct ShrunkNetwork {
  Graph graph{};
  std::int64_t macs = 0;
  Footprint footprint{};  // quantized with 8 bits everywhere, roughly (rough_plan)
};

struct ShrinkOptions {
  Target target{};
  FitLimits limits{};
  CalibrationSamples samples{};
  std::int64_t sources = 0;  // as PruneOptions has it
  std::function<void(const ShrunkNetwork&)> progress{};  // after each round; may be empty
};

// The model without channels that cannot matter, then behind every round of pruning what is left of it
// (prune_structure.hpp, relief.hpp), until the limits hold or nothing can shrink any more: only the last one may fit.
// `graph`: as imported. Errors: those of passes, planner and samples.
[[nodiscard]] Result<std::vector<ShrunkNetwork>> shrink_to_fit(const Graph& graph, const ShrinkOptions& options);

}  // namespace mote
