#pragma once
#include <vector>

#include "passes/quantize/calibrate/trials.hpp"

namespace mote {

// A group of activations that gets 16 bits although nobody asked for it.
struct WidenedGroup {
  std::size_t group = 0;
  double error = 0.0;  // of the outputs, with this group alone on its 8-bit grid
};

// Which activations 8 bits are not enough for. With E the error of the outputs (OutputError, mean over samples) on the
// grids given, and E_g that with group g alone on its grid:
//   - E at most `tolerable_error`: none
//   - else the groups with the largest E_g, until E - sum E_g is tolerable; none with E_g < E / 16
//   - and none at all unless the error that then remains, measured, is at most E / 2
// Left out are groups whose 16 bits would make the network compute more in floating point (tables have 256 entries).
// `wide`: by group, the 16-bit grids to change to; nothing for groups that keep what they have.
// Errors: those of a sample.
[[nodiscard]] Result<std::vector<WidenedGroup>> widen_where_needed(const MarkedRun& run,
                                                                   const CalibrationSamples& samples,
                                                                   const MarkedRun::Grids& grids,
                                                                   const MarkedRun::Grids& wide, double budget);

// Noise of a hundredth of the signal's power (20 dB) in real outputs, 0.01 nat of divergence in probabilities: the
// answers of a network hardly change below it.
inline constexpr double tolerable_error = 0.01;

}  // namespace mote
