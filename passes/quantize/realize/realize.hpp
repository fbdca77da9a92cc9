#pragma once
#include <map>
#include <optional>
#include <vector>

#include "passes/quantize/stored.hpp"

// Rewrites of one real operator as integer ones, called for FakeQuantize(clamps(node)): each gives the levels of the
// result on `onto.grid`, or nothing where the form has no integer equivalent. The grids are signed.
namespace mote {

// Where the result goes: its grid, and the levels that clamps in between leave of it.
struct Onto {
  Grid grid{};
  std::int32_t lowest = 0, highest = 0;
};
// Narrows by a clamp that comes before those already there: they win where the two do not meet.
void clamp_to(Onto& onto, std::optional<float> low, std::optional<float> high);

using Realization = std::optional<ValueId>;

[[nodiscard]] Realization realize_product(Rewriter& rewriter, const Node& node, const Onto& onto);       // Conv2d, …, Dense
[[nodiscard]] Realization realize_sum(Rewriter& rewriter, const Node& node, const Onto& onto);           // Add, Sub
[[nodiscard]] Realization realize_multiplication(Rewriter& rewriter, const Node& node, const Onto& onto);  // Mul
[[nodiscard]] Realization realize_matmul(Rewriter& rewriter, const Node& node, const Onto& onto);
[[nodiscard]] Realization realize_average_pool(Rewriter& rewriter, const Node& node, const Onto& onto);
[[nodiscard]] Realization realize_reduction(Rewriter& rewriter, const Node& node, const Onto& onto);     // ReduceMean, ReduceSum
[[nodiscard]] Realization realize_normalize(Rewriter& rewriter, const Node& node, const Onto& onto);
[[nodiscard]] Realization realize_softmax(Rewriter& rewriter, const Node& node, const Onto& onto);
[[nodiscard]] Realization realize_radial(Rewriter& rewriter, const Node& node, const Onto& onto);     // RadialKernel
[[nodiscard]] Realization realize_concat(Rewriter& rewriter, const Node& node, const Onto& onto);

// Everything between one stored value and `real`, element by element, as one table of 256 levels.
[[nodiscard]] Realization realize_table(Rewriter& rewriter, ValueId real, const Onto& onto);
// The same value on another grid, by a table or by a multiplication.
[[nodiscard]] ValueId onto_grid(Rewriter& rewriter, const Stored& value, const Grid& grid);

// The grids onto which the model rounds the sequences of recurrent layers, by value.
using SequenceGrids = std::map<std::size_t, Grid>;
[[nodiscard]] SequenceGrids sequence_grids(const Graph& graph);
// LSTM, GRU and RNN: replaces the results of `node` by levels. The sequence goes onto its grid where it has one; states
// keep 16 bits. False: no integer form.
[[nodiscard]] bool realize_recurrent(Rewriter& rewriter, const Node& node, const SequenceGrids& grids);

// Operators that move levels without changing them: rewrites `node` on stored operands of one grid. False: not such an
// operator, or its operands are not stored alike.
[[nodiscard]] bool realize_movement(Rewriter& rewriter, const Node& node);

}  // namespace mote
