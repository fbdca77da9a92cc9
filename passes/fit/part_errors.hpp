#pragma once
#include "passes/quantize/diagnose/marked_graphs.hpp"

namespace mote {

// What rounding one part of a network does to the outputs, everything else left real.
struct PartError {
  // Of an activation as --int16 takes it, of layers as --int4-weights does: all that share weights with each other, or the
  // name, be it through others, change together.
  std::vector<std::string> names{};
  double error = 0.0;  // OutputError, mean over the samples; of all of it together
};
struct PartErrors {
  double all = 0.0;                      // with everything rounded
  std::vector<PartError> activations{};  // both in the order of the network
  std::vector<PartError> weights{};
};

// On at most `most_samples` samples, spread over the set. Errors: those of a sample.
[[nodiscard]] Result<PartErrors> part_errors(const MarkedGraphs& graphs, const CalibrationSamples& samples,
                                             std::int64_t most_samples = 64);

}  // namespace mote
