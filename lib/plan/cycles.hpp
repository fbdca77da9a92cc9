#pragma once
#include "lib/plan/plan.hpp"

namespace mote {

// About how many cycles a run of the plan takes on its target with memory that needs no wait states: for convolutions and
// dense layers so many per multiply-accumulate and per result, for trees so many per decision (tree_cycles.hpp), for everything else so many per element written. The
// numbers are measured on emulated Cortex-M0, M3 and M4 (tests/benchmark/kernel_cycles.py); other cores take those of the
// one that is most alike. An estimate on the high side: whole networks of MLPerf Tiny took 16 to 24 % less on a Cortex-M4.
// Cores that were not measured may differ by more.
[[nodiscard]] std::int64_t estimated_cycles(const Plan& plan);

}  // namespace mote
