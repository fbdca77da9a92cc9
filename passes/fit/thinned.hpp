#pragma once
#include "passes/fit/shrink.hpp"

namespace mote {

// The same channels with as few weights of 0 as make a network keep limits, quantized roughly with 8 bits.
struct ThinnedNetwork {
  ShrunkNetwork network{};
  double share = 0.0;  // of the weights that were to become 0 (passes/prune/prune_weights.hpp)
};

// From a network that keeps the limit of memory, which zeros do not change. Kernels leave zeros out only where that
// pays on the target (passes/quantize/skip_zeros.hpp), so the share that is needed is found with the real planner, in
// tenths. Nothing: no share up to `most_zeros` is enough, or no weights may become 0. Errors: those of passes, planner
// and samples.
inline constexpr double most_zeros = 0.8;
[[nodiscard]] Result<std::optional<ThinnedNetwork>> thinned_to_fit(const ShrunkNetwork& network,
                                                                   const ShrinkOptions& options);

}  // namespace mote
