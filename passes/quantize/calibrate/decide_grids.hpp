#pragma once
#include <vector>

#include "passes/quantize/calibrate/activation_groups.hpp"
#include "passes/quantize/calibrate/marked_run.hpp"

namespace mote {

// How every group of activations gets its grid: bits by the patterns of the options, ranges by the method asked for or,
// without one, by search (range_search.hpp); then 16 bits where 8 are not enough (sixteen_bits.hpp).
// `marked`: the network with a FakeQuantize behind every marked value, on any grids.
// Errors: those of a sample.
[[nodiscard]] Result<std::vector<GridDecision>> decide_grids(const Graph& marked, const Marking& marking,
                                                             const std::vector<ActivationGroup>& groups,
                                                             const Observation& seen, const QuantizeOptions& options);

}  // namespace mote
