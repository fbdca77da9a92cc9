#pragma once
#include "passes/quantize/diagnose/marked_graphs.hpp"

namespace mote {

// What rounding one activation of a network to 8 bits does to the outputs, everything else left real.
struct PartError {
  std::string name{};  // as --int16 takes it
  double error = 0.0;  // OutputError, mean over the samples
};
struct PartErrors {
  double all = 0.0;                 // with everything rounded, weights too
  std::vector<PartError> parts{};  // in the order of the network
};

// On at most `most_samples` samples, spread over the set. Errors: those of a sample.
[[nodiscard]] Result<PartErrors> part_errors(const MarkedGraphs& graphs, const CalibrationSamples& samples,
                                             std::int64_t most_samples = 64);

}  // namespace mote
