#pragma once
#include "passes/permutation.hpp"
#include "passes/rewriter.hpp"

// The sweeps behind sink-transposes and simplify-reshapes, and the arithmetic of reshapes next to transposes.
namespace mote {

// One forward sweep each; true: something changed.
[[nodiscard]] bool sink_transposes_once(Graph& graph);
[[nodiscard]] bool simplify_reshapes_once(Graph& graph);

// Reshape(Transpose(x, perm), to) = Transpose(Reshape(x, `reshape`), `perm`): possible where every group of axes that
// the Reshape merges or splits lies together, in order, in x as well. Axes of extent 1 lie anywhere.
struct ReshapeFirst {
  std::vector<std::int64_t> reshape{};
  Permutation perm{};
};
[[nodiscard]] std::optional<ReshapeFirst> reshape_first(const Shape& input, const Permutation& perm, const Shape& to);

// Dense(Reshape(Transpose(x, perm), [rows, depth]), weights) = Dense(Reshape(x, [rows, depth]), other weights): the
// Transpose only reorders what is summed over, so the rows of the weights take the other order. Nothing where the
// Transpose also moves elements between rows.
[[nodiscard]] std::optional<Tensor> weights_for_untransposed(const Shape& input, const Permutation& perm,
                                                             std::int64_t rows, const Tensor& weights);

// What each operator does when its operand is a Transpose: the table is in sink_rules.cpp. False: it must stay before.
[[nodiscard]] bool sink_through_axes(Rewriter& rewriter, const Node& node);

// The value whose Transpose `id` is, with the permutation.
struct Turned {
  ValueId source{};
  Permutation perm{};
};
[[nodiscard]] std::optional<Turned> turned(const Rewriter& rewriter, ValueId id);

}  // namespace mote
