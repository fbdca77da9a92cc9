#pragma once
#include <optional>
#include <vector>

#include "passes/quantize/calibrate/activation_groups.hpp"

namespace mote {

// The cache of the options as one calibration sees it. A key is the SHA-256 of everything that the result follows from:
// the program's version, the graph with its constants, the samples, and for decisions the options. Without a cache, or
// samples without a hash, nothing is found and nothing kept.
class CalibrationStore {
 public:
  CalibrationStore(const Graph& graph, const QuantizeOptions& options);

  [[nodiscard]] std::optional<Observation> observation(const std::vector<ActivationGroup>& groups);
  void keep(const std::vector<ActivationGroup>& groups, const Observation& seen);
  [[nodiscard]] std::optional<std::vector<GridDecision>> decisions(const std::vector<ActivationGroup>& groups);
  void keep(const std::vector<GridDecision>& decisions);

  [[nodiscard]] const Diagnostics& notes() const { return notes_; }  // Code::cache_ignored for every damaged text

 private:
  [[nodiscard]] std::optional<std::string> load(const std::string& key) const;
  void warn(const std::string& key);

  const CalibrationCache& cache_;
  std::string observation_key_{}, decision_key_{};  // empty: no cache
  Diagnostics notes_{};
};

}  // namespace mote
