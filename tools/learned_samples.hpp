#pragma once
#include "passes/quantize/options.hpp"

namespace mote {

// The samples without those that training holds out (lib/exec/held_out.hpp): what fits ranges and weights to all of them
// looks better on those than it is, and than what training makes of it.
[[nodiscard]] CalibrationSamples learned_samples(const CalibrationSamples& samples, double held_out_share);

}  // namespace mote
