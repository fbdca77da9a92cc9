#pragma once
#include "passes/rewriter.hpp"

namespace mote {

// Sum of several: Add after Add.
[[nodiscard]] bool sum_to_adds(Rewriter& rewriter, const Node& node);

// Max, Min and Mean of three and more operands some of which are broadcast along single axes: one operator of two
// operands after the other, in the order and with the bits of the whole. Others are folded by one kernel as they are.
[[nodiscard]] bool extreme_to_chain(Rewriter& rewriter, const Node& node);
[[nodiscard]] bool mean_to_chain(Rewriter& rewriter, const Node& node);

// A Tile along more axes than the copying kernel has loops for: a few axes at a time, innermost first.
[[nodiscard]] bool tile_to_chain(Rewriter& rewriter, const Node& node);

}  // namespace mote
