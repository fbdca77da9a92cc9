#pragma once
#include "lib/plan/plan.hpp"

namespace mote {

// A product with constant weights many of which, an eighth at least, are 0.
struct SparseLayer {
  std::size_t step = 0;
  std::int64_t weights = 0, zeros = 0;
  std::int64_t plain_bytes = 0, stored_bytes = 0;  // of all weights, and as they are stored
  bool leaves_zeros_out = false;                   // stored and computed without them (passes/quantize/skip_zeros.hpp)
};

// In order of execution.
[[nodiscard]] std::vector<SparseLayer> sparse_layers(const Plan& plan);

}  // namespace mote
