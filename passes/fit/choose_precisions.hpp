#pragma once
#include "passes/fit/footprint.hpp"
#include "passes/fit/part_errors.hpp"

namespace mote {

// Which parts of a network get other precisions than 8 bits, so that the limits hold and the error of the outputs is
// least: errors of parts add up, as do flash and cycles (knapsack.hpp); forms with which the network alone would need too
// much memory, or compute more in floating point, are left out, and what is chosen is weighed together: as long as that
// breaks a limit, the form that helps least is undone.
//   16-bit activations   where 8 bits cost the outputs more than is tolerable (sixteen_bits.hpp), for values that have at
//                        least a sixteenth of that error
// `graph`: real, as imported. Errors: those of passes and samples.
[[nodiscard]] Result<Precisions> choose_precisions(const Graph& graph, const PartErrors& errors, const Target& target,
                                                   const CalibrationSamples& samples, const FitLimits& limits);

}  // namespace mote
