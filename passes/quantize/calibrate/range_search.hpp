#pragma once
#include <cstdint>
#include <vector>

#include "passes/quantize/calibrate/marked_run.hpp"
#include "passes/quantize/calibrate/trials.hpp"

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
  std::vector<std::size_t> choice{};  // by group: which candidate
  std::size_t searched = 0;           // groups
  std::size_t samples = 0, held_out = 0;
  // OutputError with everything rounded, over the samples that were searched on and over those held out.
  struct Errors {
    double searched = 0.0, held_out = 0.0;
  };
  Errors before{}, after{};  // with the first candidates and with those chosen; zeros where these are the same
  bool is_rejected = false;  // one of the errors grew: the first candidates stayed
};

// Each group takes the candidate that brings the outputs nearest to those in real numbers with that group alone
// rounded, if the gain over the samples exceeds its standard error. Alone, because the errors of groups nearly add up,
// while with everything rounded the noise of the others hides the difference. All choices together must then be at
// least as good as the first candidates with everything rounded, on the same samples and on a third that took no part;
// if not, the first candidates stay. Searched are the groups that cause most error, as many as `budget` allows.
// Errors: those of a sample.
[[nodiscard]] Result<RangeSearchResult> search_ranges(const MarkedRun& run, const CalibrationSamples& samples,
                                                      const std::vector<RangeCandidates>& candidates, double budget);

}  // namespace mote
