#pragma once
#include <optional>
#include <string>
#include <vector>

#include "passes/quantize/calibrate/activation_groups.hpp"

namespace mote {

// What calibration keeps between runs, as JSON behind a line with the key it belongs to and the SHA-256 of the rest.
// Reading accepts exactly what writing gives for the same groups; numbers come back to the bit.
[[nodiscard]] std::string observation_record(const std::string& key, const std::vector<ActivationGroup>& groups,
                                             const Observation& seen);
[[nodiscard]] std::optional<Observation> read_observation(const std::string& key, const std::string& text,
                                                          const std::vector<ActivationGroup>& groups);

[[nodiscard]] std::string decision_record(const std::string& key, const std::vector<GridDecision>& decisions);
[[nodiscard]] std::optional<std::vector<GridDecision>> read_decisions(const std::string& key, const std::string& text,
                                                                      std::size_t groups);

}  // namespace mote
