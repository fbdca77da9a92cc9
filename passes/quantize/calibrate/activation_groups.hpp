#pragma once
#include <string>
#include <vector>

#include "lib/quant/grid.hpp"
#include "passes/quantize/calibrate/observe.hpp"
#include "passes/quantize/marking.hpp"
#include "passes/quantize/options.hpp"

namespace mote {

// Marked values that share one grid, and what is settled about it beforehand.
struct ActivationGroup {
  std::size_t id = 0;             // of the marking
  std::vector<ValueId> values{};  // inputs first, then in the order they are computed
  std::string name{};             // of the first one
  std::string layer{};            // the model's node that gives it; empty for an input
  // Interfaces keep every value seen: what comes in may be scaled like nothing in the set, and what goes out is the
  // answer itself.
  bool is_interface = false;
  // Levels that callers give: any the type has, so that none need be clamped, which would take a copy of the input.
  bool is_given = false;
  bool is_probability = false;  // a softmax, whose grid is known
  StateRole state = StateRole::none;  // of recurrent layers, with 16 bits on grids of their own form
  bool asked_wide = false, asked_narrow = false;  // --int16 before --int8

  [[nodiscard]] bool has_free_range() const { return !is_interface && !is_probability && state == StateRole::none; }
  [[nodiscard]] std::int64_t elements(const Graph& graph) const;
};

// In the order in which a run meets them.
[[nodiscard]] std::vector<ActivationGroup> activation_groups(const Graph& graph, const Marking& marking,
                                                             const QuantizeOptions& options);

// How the grid of a group is found; with the histogram of its values it gives the grid.
struct GridDecision {
  RangeMethod method = RangeMethod::mse;
  int bits = 8;
  // Set where 16 bits were chosen: the error of the output that 8 would have caused (OutputError).
  std::optional<double> error_of_8_bits{};
  bool operator==(const GridDecision&) const = default;
};
[[nodiscard]] Grid grid_of(const ActivationGroup& group, const GridDecision& decision, const Histogram& seen);

}  // namespace mote
