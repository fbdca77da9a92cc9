#pragma once
#include <cstdint>
#include <vector>

#include "passes/quantize/calibrate/marked_run.hpp"

namespace mote {

// Samples on which choices of grids are compared by what they do to the network's outputs.
struct Trials {
  std::vector<std::vector<Tensor>> inputs{};
  OutputError error{};  // from the outputs in real numbers

  [[nodiscard]] std::size_t size() const { return inputs.size(); }
};

// Errors: those of a sample.
[[nodiscard]] Result<Trials> load_trials(const MarkedRun& run, const CalibrationSamples& samples,
                                         std::span<const std::int64_t> rows);

// `wanted` of `count` numbers from 0, or all, spread evenly.
[[nodiscard]] std::vector<std::int64_t> spread_rows(std::int64_t count, std::int64_t wanted);

[[nodiscard]] std::vector<double> errors_by_trial(const MarkedRun& run, const Trials& trials,
                                                  const MarkedRun::Grids& grids);
// Their mean.
[[nodiscard]] double mean_error(const MarkedRun& run, const Trials& trials, const MarkedRun::Grids& grids);

// The error that each of `groups` (ascending) causes on its own grid with all others left real, on the first `samples`
// trials.
[[nodiscard]] std::vector<double> errors_alone(const MarkedRun& run, const Trials& trials, std::size_t samples,
                                               const MarkedRun::Grids& grids, std::span<const std::size_t> groups);

}  // namespace mote
