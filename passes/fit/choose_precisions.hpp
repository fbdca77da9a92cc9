#pragma once
#include "passes/fit/footprint.hpp"
#include "passes/fit/part_errors.hpp"

namespace mote {

// Which parts of a network get other precisions than 8 bits, so that the limits hold and the error of the outputs is
// least: errors of parts add up, as do flash and cycles (knapsack.hpp); forms with which the network alone would need too
// much memory, or compute more in floating point, are left out, and what is chosen is weighed together: as long as that
// breaks a limit, the 16 bits that help least are undone.
//   16-bit activations   where 8 bits cost the outputs more than is tolerable (sixteen_bits.hpp), for values that have at
//                        least a sixteenth of that error
//   4-bit weights        where 8 bits take more flash than there is
// `graph`: real, as imported. Of `options` samples and the ways to round count, no precisions. Errors: those of passes and
// samples.
[[nodiscard]] Result<Precisions> choose_precisions(const Graph& graph, const Target& target, QuantizeOptions options,
                                                   const FitLimits& limits);

}  // namespace mote
