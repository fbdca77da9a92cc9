#pragma once
#include "passes/quantize/options.hpp"

namespace mote {

// As many copies of a few samples as make `about` of them, the first copy as it is, all others changed a little in the
// way that suits each input (lib/data/augment.hpp): sample i is made of i % samples.count. More than that stay alone.
// The same for the same samples.
[[nodiscard]] CalibrationSamples augmented_samples(const CalibrationSamples& samples, const Graph& graph,
                                                   std::int64_t about);

}  // namespace mote
