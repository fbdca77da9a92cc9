#pragma once
#include "lib/ir/graph.hpp"

namespace mote {

// Repeats `step` (true: it changed something) until nothing changes, but not for ever: every step leaves a correct
// graph, so two rewrites that undo each other cost time and not correctness.
template <class Step>
void to_fixpoint(Graph& graph, Step step) {
  constexpr int max_rounds = 8;
  for (int round = 0; round < max_rounds && step(graph); ++round) {
  }
}

}  // namespace mote
