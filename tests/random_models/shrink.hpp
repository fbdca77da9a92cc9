#pragma once
#include <functional>

#include "tests/random_models/random_case.hpp"

namespace mote::random_models {

// The part of a graph that computes `outputs` from the values in `inputs` and from constants.
[[nodiscard]] Graph extracted(const Graph& graph, const std::vector<ValueId>& inputs,
                              const std::vector<ValueId>& outputs);

// The smallest case found that still fails: one output where one is enough, ending at the first node that shows it,
// beginning where its inputs have the values that the whole network had there. Asks `fails` some dozens of times.
[[nodiscard]] Case shrink(Case failing, const std::function<bool(const Case&)>& fails);

}  // namespace mote::random_models
