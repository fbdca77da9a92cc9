#pragma once
#include <optional>
#include <vector>

#include "lib/ir/graph.hpp"
#include "lib/quant/grid.hpp"

namespace mote {

// Which values of a graph lie on a grid, signed and with every level of its type: what decides how the weights between
// two of them are written.
struct LevelGrids {
  std::vector<const Node*> producers{};       // by value
  std::vector<std::optional<Grid>> held{};    // by value: its elements are levels
  std::vector<std::optional<double>> low{};   // by value: nothing lies below
  std::vector<std::optional<Grid>> wanted{};  // by value: what a quantization behind it, through clamps, rounds it to
};
[[nodiscard]] LevelGrids level_grids(const Graph& graph);

// The type that the levels of a FakeQuantize are stored in: every level and the zero point fit.
[[nodiscard]] DType stored_type(const Grid& grid);

}  // namespace mote
