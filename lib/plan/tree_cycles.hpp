#pragma once
#include "lib/plan/plan.hpp"

namespace mote {

// About how many cycles a step takes that runs packed trees or prepares features for them; 0 for every other one. Trees:
// all of them, each along its longest way, though most ways are shorter and a label is often known before all have been
// asked. Rates are the dearest that tests/benchmark/trees.md has of a core, for class labels; sums with many targets to a
// leaf may take more, and keys of 64 bits, which were not measured, count twice.
[[nodiscard]] double tree_cycles(const Plan& plan, const Step& step);

}  // namespace mote
