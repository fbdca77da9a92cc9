#include "lib/export/level_grids.hpp"

#include <algorithm>

#include "lib/ops/op_def.hpp"
#include "lib/ops/op_classes.hpp"
#include "lib/quant/node_grid.hpp"

namespace mote {
namespace {

std::optional<Grid> grid_of(const Graph& graph, const Node& node) {
  if (node.op->name == "FakeQuantize") {
    const Grid grid = grid_of_fake_quantize(node);
    return signed_grid(with_limits_of(stored_type(grid), grid.scale, grid.zero_point));
  }
  const bool quantizes = node.op->name == "QuantizeLinear";
  if (!quantizes && node.op->name != "DequantizeLinear") return std::nullopt;
  const auto grid = grid_of_quantization(graph, node, graph.at(quantizes ? node.outputs[0] : node.inputs[0]).type.dtype);
  return grid ? std::optional(signed_grid(*grid)) : std::nullopt;
}

// Several operands stay on a grid only when all are on one.
std::optional<Grid> grid_of_concat(const LevelGrids& grids, const Node& node) {
  const std::optional<Grid>& first = grids.held[*node.inputs[0]];
  const bool alike = std::ranges::all_of(node.inputs, [&](ValueId id) { return grids.held[*id] == first; });
  return alike ? first : std::nullopt;
}

void want_before_clamps(LevelGrids& grids, ValueId id, const Grid& grid) {
  while (true) {
    if (!grids.wanted[*id]) grids.wanted[*id] = grid;
    const Node* node = grids.producers[*id];
    if (node == nullptr || (node->op->name != "Relu" && node->op->name != "Clip")) return;
    id = node->inputs[0];
  }
}

// What nothing that comes out of a node lies below.
std::optional<double> lower_bound(const Graph& graph, const LevelGrids& grids, const Node& node) {
  const std::string_view op = node.op->name;
  const OpView view{graph, node};
  if (op == "FakeQuantize") return grid_of_fake_quantize(node).low();
  if (op == "Relu" || op == "Sigmoid" || op == "Softmax" || op == "HardSigmoid" || op == "Abs") return 0.0;
  if (op == "Clip") return view.has("min") ? std::optional(static_cast<double>(view.real("min"))) : std::nullopt;
  if (view.has("low")) return static_cast<double>(view.real("low"));
  if (!moves_elements(op)) return std::nullopt;
  const auto& low = grids.low[*node.inputs[0]];
  return low ? std::optional(std::min(*low, 0.0)) : std::nullopt;  // zeros in the padding
}

}  // namespace

DType stored_type(const Grid& grid) {
  return Grid{.scale = grid.scale,
              .zero_point = grid.zero_point,
              .lowest = std::min(grid.lowest, grid.zero_point),
              .highest = std::max(grid.highest, grid.zero_point)}
      .stored();
}

LevelGrids level_grids(const Graph& graph) {
  LevelGrids grids;
  grids.producers.resize(graph.values.size());
  grids.held.resize(graph.values.size());
  grids.wanted.resize(graph.values.size());
  grids.low.resize(graph.values.size());
  for (const Node& node : graph.nodes) {
    for (const ValueId id : node.outputs)
      if (id) grids.producers[*id] = &node;
    const auto low = lower_bound(graph, grids, node);
    for (const ValueId id : node.outputs)
      if (id) grids.low[*id] = low;
    if (const auto grid = grid_of(graph, node)) {
      want_before_clamps(grids, node.inputs[0], *grid);
      if (node.op->name != "QuantizeLinear") grids.held[*node.outputs[0]] = grid;
    } else if (node.op->name == "Concat") {
      grids.held[*node.outputs[0]] = grid_of_concat(grids, node);
    } else if (moves_elements(node.op->name) || node.op->name == "Resample2d") {
      for (const ValueId id : node.outputs)
        if (id) grids.held[*id] = grids.held[*node.inputs[0]];
    }
  }
  return grids;
}

}  // namespace mote
