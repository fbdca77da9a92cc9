#pragma once
#include "passes/quantize/diagnose/marked_graphs.hpp"

namespace mote {

// What rounding one part of a network does to the outputs, everything else left real.
struct PartError {
  std::string name{};  // of an activation as --int16 takes it, of the first layer with the weights as --int4-weights does
  double error = 0.0;  // OutputError, mean over the samples; of all layers together that share the weights or the name
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
