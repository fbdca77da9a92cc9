#pragma once
#include <map>

#include "lib/quant/histogram.hpp"
#include "passes/quantize/marking.hpp"
#include "passes/quantize/options.hpp"

namespace mote {

using Observation = std::map<std::size_t, Histogram>;  // by group of the marking

// One pass over the calibration set, two samples at a time; memory does not grow with the set.
// Errors: those of a sample; Code::bad_data when a value is not finite or there are no samples.
[[nodiscard]] Result<Observation> observe_activations(const Graph& graph, const Marking& marking,
                                                      const CalibrationSamples& samples);

}  // namespace mote
