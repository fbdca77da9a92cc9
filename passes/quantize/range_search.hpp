#pragma once
#include <cstdint>
#include <vector>

#include "passes/quantize/marked_run.hpp"
#include "passes/quantize/trials.hpp"

namespace mote {

// What may be spent on choosing ranges, in multiply-accumulates: a few seconds. Fixed, so that the result does not
// depend on the machine; for a large network half of what seeing the calibration set has cost.
[[nodiscard]] double search_budget(const MarkedRun& run, std::int64_t samples);

// The grids that a group may get, the one it has without a search first.
struct RangeCandidate {
  RangeMethod method = RangeMethod::mse;
  Grid grid{};
};
using RangeCandidates = std::vector<RangeCandidate>;

// Of a group with a free range: mse first, then the other methods as far as their range differs from those before by
// more than a few percent of its extent.
[[nodiscard]] RangeCandidates range_candidates(const ActivationGroup& group, const Histogram& seen, int bits);

struct RangeSearchResult {
  std::vector<std::size_t> choice{};    // by group: which candidate
  std::size_t searched = 0, samples = 0;  // groups, and samples they were compared on
  double error_before = 0.0, error_after = 0.0;    // OutputError with first candidates and with those chosen
  std::size_t held_out = 0;                        // samples that took no part, and the same of them
  double held_out_before = 0.0, held_out_after = 0.0;
};

// Greedy, in the order of the run: with everything rounded, the first candidates at first, each group takes the
// candidate that brings the outputs nearest to those in real numbers, if the gain over the samples is larger than its
// standard error. The first candidates stay where the samples that took no part lose by the choice: no sample set that
// was looked at is worse off. Searched are the groups that alone cause most error, as many as `budget` allows.
// Errors: those of a sample.
[[nodiscard]] Result<RangeSearchResult> search_ranges(const MarkedRun& run, const CalibrationSamples& samples,
                                                      const std::vector<RangeCandidates>& candidates, double budget);

}  // namespace mote
