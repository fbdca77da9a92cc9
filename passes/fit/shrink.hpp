#pragma once
#include <functional>

#include "passes/fit/footprint.hpp"

namespace mote {

// One network on the way from the model to what fits: real, at Stage::fused.
struct ShrunkNetwork {
  Graph graph{};
  std::int64_t macs = 0;
  Footprint footprint{};         // quantized with 8 bits everywhere, roughly (rough_plan)
  Footprint with_4_bit_weights{};  // likewise, but for weights of 4 bits wherever they can be

  // The least of either, limit by limit.
  [[nodiscard]] Footprint least() const;
};

[[nodiscard]] Result<ShrunkNetwork> weighed_network(Graph graph, const RoughOptions& rough);

struct ShrinkOptions {
  RoughOptions rough{};
  FitLimits limits{};
  std::int64_t sources = 0;  // as PruneOptions has it
  std::function<void(const ShrunkNetwork&)> progress{};  // after each round; may be empty
};

struct ShrunkNetworks {
  // The model without channels that cannot matter, then behind every round of pruning what is left of it, until 8 bits
  // keep the limits or nothing can shrink any more: only the last one may fit.
  std::vector<ShrunkNetwork> steps{};
  // Not even this keeps the limits: as narrow as pruning could make it, which it then did not.
  std::optional<ShrunkNetwork> out_of_reach{};
  std::size_t splits = 0;  // convolutions that became two

  // Among the steps, with weights of 4 bits; if none may, the last one.
  [[nodiscard]] std::size_t largest_that_may_fit(const FitLimits& limits) const;
};

// Memory first, and only as far as it takes (widths.hpp), then cycles, then flash (relief.hpp); by prune_structure.hpp.
// Where memory is short, with convolutions split as well, if any help (memory_splits.hpp): that way or the one by
// channels alone is taken, whose largest network that may fit differs least from the model on held-out samples.
// `graph`: as imported. Errors: those of passes, planner and samples.
[[nodiscard]] Result<ShrunkNetworks> shrink_to_fit(const Graph& graph, const ShrinkOptions& options);

}  // namespace mote
