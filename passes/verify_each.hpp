#pragma once
#include <cstdint>

#include "passes/pass.hpp"

namespace mote {

struct VerifyEachOptions {
  int samples = 2;         // random inputs per pass
  std::uint64_t seed = 1;  // of the first sample
};

// The furthest that a `rounding` pass may move an output element, as a part of that output's largest magnitude.
inline constexpr double rounding_tolerance = 1e-5;

// Runs two graphs of the same interface on random inputs and compares every output.
//   bit_exact  single precision, every bit the same (any NaN equals any NaN)
//   rounding   reference precision, so that only rewritten constants and not the order of sums can differ; integer
//              outputs must be the same
// Errors: Code::pass_broke_promise with the pass, the output and the worst difference.
[[nodiscard]] Status compare_graphs(std::string_view pass, Promise promise, const Graph& before, const Graph& after,
                                    const VerifyEachOptions& options = {});

// Translation validation by execution, in the manner of Alive2: an observer for run_passes that holds every pass to
// its promise. Passes that changed nothing cost nothing.
[[nodiscard]] PassObserver verify_each(const VerifyEachOptions& options = {});

}  // namespace mote
