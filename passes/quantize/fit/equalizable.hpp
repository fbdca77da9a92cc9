#pragma once
#include <optional>
#include <vector>

#include "lib/ir/graph.hpp"

namespace mote {

// A core product whose output channels may each be divided by a positive factor, and the products that make up for it:
// between them lies nothing but what commutes with such factors (pools, reshapes that keep channels together, Relu).
struct Equalizable {
  std::size_t product = 0;             // positions among the graph's nodes
  std::vector<std::size_t> readers{};  // ascending
};
// In order of their products. Not: clamps elsewhere than at 0, residuals on either end, several readers of one weight
// constant, weights that lie on levels already.
[[nodiscard]] std::vector<Equalizable> find_equalizable(const Graph& graph);

}  // namespace mote
