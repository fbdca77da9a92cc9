// Operators that move levels without changing them.
#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include "passes/match.hpp"
#include "passes/quantize/realize.hpp"

namespace mote {
namespace {

// All operands stored alike.
constexpr std::array<std::string_view, 3> of_several{"Concat", "Max", "Min"};
// Positions of extremes: integers already.
constexpr std::array<std::string_view, 2> positions{"ArgMax", "ArgMin"};

std::optional<std::vector<Stored>> stored_alike(const Rewriter& rewriter, const Node& node) {
  std::vector<Stored> operands;
  for (const ValueId id : node.inputs) {
    const auto operand = id ? stored(rewriter, id) : std::nullopt;
    const auto is_first = operands.empty();
    if (!operand || (!is_first && (!same_levels(operand->grid, operands[0].grid) ||
                                   operand->grid.stored() != operands[0].grid.stored())))
      return std::nullopt;
    operands.push_back(*operand);
  }
  return operands;
}

bool move_results(Rewriter& rewriter, const Node& node, std::vector<ValueId> inputs, const Grid& grid, Attrs attrs) {
  const std::vector<ValueId> results = rewriter.emit_results_like(node, std::move(inputs), std::move(attrs));
  for (std::size_t i = 0; i < results.size(); ++i)
    if (results[i]) rewriter.replace(node.outputs[i], emit_dequantize(rewriter, {.levels = results[i], .grid = grid}));
  return true;
}

bool move_one(Rewriter& rewriter, const Node& node) {
  const auto operand = stored(rewriter, node.inputs[0]);
  if (!operand) return false;
  std::vector<ValueId> inputs = node.inputs;
  inputs[0] = operand->levels;
  return move_results(rewriter, node, std::move(inputs), operand->grid, node.attrs);
}

bool move_several(Rewriter& rewriter, const Node& node) {
  const auto operands = stored_alike(rewriter, node);
  if (!operands) return false;
  std::vector<ValueId> inputs;
  for (const Stored& operand : *operands) inputs.push_back(operand.levels);
  return move_results(rewriter, node, std::move(inputs), operands->front().grid, node.attrs);
}

// The pad's value becomes a level; it must be one.
bool move_pad(Rewriter& rewriter, const Node& node) {
  const auto operand = stored(rewriter, node.inputs[0]);
  if (!operand || node.inputs.size() > 1) return false;
  const double value = static_cast<double>(rewriter.view(node).real("value"));
  const std::int32_t level = operand->grid.level(value);
  const double apart = std::abs(operand->grid.real(level) - value);
  if (node.attrs.contains("mode") && rewriter.view(node).text("mode") == "constant" &&
      apart > 0.5 * static_cast<double>(operand->grid.scale))
    return false;
  Attrs attrs = node.attrs;
  attrs["value"] = static_cast<float>(level);
  return move_results(rewriter, node, {operand->levels}, operand->grid, std::move(attrs));
}

bool find_position(Rewriter& rewriter, const Node& node) {
  const auto operand = stored(rewriter, node.inputs[0]);
  if (!operand) return false;
  rewriter.emit_like(node, {operand->levels}, node.attrs, node.outputs[0]);
  return true;
}

}  // namespace

bool realize_movement(Rewriter& rewriter, const Node& current) {
  const Node node = current;
  // One stored operand; further operands (Gather's indices) as they are.
  if (moves_elements(node.op->name)) return move_one(rewriter, node);
  if (is_one_of(node.op->name, of_several)) return move_several(rewriter, node);
  if (is_one_of(node.op->name, positions)) return find_position(rewriter, node);
  return node.op->name == "Pad" && move_pad(rewriter, node);
}

Realization realize_concat(Rewriter& rewriter, const Node& node, const Onto& onto) {
  std::vector<ValueId> inputs;
  for (const ValueId id : node.inputs) {
    const auto operand = stored(rewriter, id);
    if (!operand) return std::nullopt;
    inputs.push_back(same_levels(operand->grid, onto.grid) ? operand->levels
                                                           : onto_grid(rewriter, *operand, onto.grid));
  }
  return rewriter.emit_like(node, std::move(inputs), node.attrs);
}

}  // namespace mote
