#pragma once
#include "lib/ops/term.hpp"
#include "passes/distill/features.hpp"

namespace mote {

[[nodiscard]] Term mean(Term x);

// The share of the teacher's value `wanted` in `graph`, which the builder writes to, that the student's does not tell:
// the mean squared error in units of the variance. Adds the map to the graph, and to what is learned.
[[nodiscard]] Term untold_share(TermBuilder& builder, Graph& graph, const Feature& feature, ValueId wanted,
                                std::vector<ValueId>& variables);

}  // namespace mote
