#pragma once
#include "lib/plan/plan.hpp"

namespace mote {

// Replays the loops of a step's kernel, element by element, with its operands and output where the plan puts them:
// true when no element of an operand is overwritten before its last read. `operands` are the ones that share bytes
// with the output; all lie in one memory. Kernels whose order is not documented are never safe.
[[nodiscard]] bool overlap_is_safe(const Plan& plan, const Step& step, const Placement& output,
                                   const std::vector<const Placement*>& operands);

}  // namespace mote
