#pragma once
#include <functional>

#include "passes/fit/footprint.hpp"
#include "passes/fit/part_errors.hpp"

namespace mote {

// Which parts of a network get other precisions than 8 bits, so that the limits hold and the error of the outputs is
// least: errors of parts add up, as do flash and cycles (knapsack.hpp); forms with which the network alone would need too
// much memory, or compute more in floating point, are left out. What is chosen is weighed together: as long as that breaks
// a limit, the 16 bits that help least are undone; then in earnest, and if that takes more flash than it should, the choice
// is made again with so much less to spend.
//   16-bit activations   where 8 bits cost the outputs more than is tolerable (sixteen_bits.hpp), for values that have at
//                        least a sixteenth of that error
//   4-bit weights        where 8 bits take more flash than there is
// `graph`: real, as imported. `rough`: what plans depend on, samples included. Of `options` interface and the ways to round count, no precisions. `weigh`: what the
// network takes with some precisions, quantized in earnest; called last with those that are returned. Errors: its own,
// those of passes and samples.
using WeighPrecisions = std::function<Result<Footprint>(const Precisions&)>;
[[nodiscard]] Result<Precisions> choose_precisions(const Graph& graph, RoughOptions rough, QuantizeOptions options,
                                                   const FitLimits& limits, const WeighPrecisions& weigh);

}  // namespace mote
