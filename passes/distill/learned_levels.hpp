#pragma once
#include "lib/ir/graph.hpp"

namespace mote {

// A student that learns with its levels: behind `fit-weights`, the same graph, its values under their own ids, with
// LearnedQuantize for the grids of 8 bits and fewer that are not fixed by what surrounds them (inputs, outputs and
// probabilities keep theirs; values on one grid share its scale), and for the weights of products that become integers:
// levels of 8 bits, or of 4 where all of a product's weights lie on these, one scale per output channel. It computes
// what the student computes, up to the rounding of scales.
[[nodiscard]] Graph with_learned_levels(const Graph& student);

// The student with what `learned`, made from it and trained, knows better: scales, weights on their levels, the other
// constants.
[[nodiscard]] Graph with_trained_levels(Graph student, const Graph& learned);

}  // namespace mote
