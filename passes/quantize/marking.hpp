#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "lib/ir/graph.hpp"
#include "passes/quantize/recurrent_states.hpp"

namespace mote {

// Which values of a fused float graph are to be stored as integers, and which must share one grid.
struct Marking {
  std::vector<bool> marked{};          // by value: gets a FakeQuantize of its own
  std::vector<std::size_t> group{};  // by value: values of one group share a grid
  std::vector<bool> probabilities{};   // by value: a softmax, whose grid is known beforehand
  std::vector<StateRole> states{};     // by group: states of recurrent layers, whose grids have a form of their own
  [[nodiscard]] bool is_marked(ValueId id) const { return marked[*id]; }
};

// A value is marked where an integer operator gives or takes it. Not marked: what an element-wise cone computes inside
// its table, what a clamp follows that limits the same integers, what only moves levels, and what a FakeQuantize of the
// model follows already.
[[nodiscard]] Marking mark_activations(const Graph& graph);

}  // namespace mote
