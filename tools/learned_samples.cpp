#include "tools/learned_samples.hpp"

#include "lib/exec/held_out.hpp"
#include "lib/support/sha256.hpp"

namespace mote {

CalibrationSamples learned_samples(const CalibrationSamples& samples, double held_out_share) {
  const std::vector<bool> held_out = held_out_of(samples.count, held_out_share);
  std::vector<std::int64_t> indices;
  for (std::int64_t i = 0; i < samples.count; ++i)
    if (!held_out[static_cast<std::size_t>(i)]) indices.push_back(i);
  const std::int64_t count = std::ssize(indices);
  if (count == samples.count) return samples;
  return {.count = count,
          .sample = [all = samples.sample, indices](std::int64_t i) { return all(indices[static_cast<std::size_t>(i)]); },
          .sha256 = sha256(samples.sha256 + " without " + std::to_string(samples.count - count))};
}

}  // namespace mote
