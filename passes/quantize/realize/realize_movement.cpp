// Operators that move levels without changing them.
#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include "lib/ops/support/resample_form.hpp"
#include "passes/match.hpp"
#include "passes/quantize/realize/realize.hpp"

namespace mote {
namespace {

// All operands stored alike.
constexpr std::array<std::string_view, 3> of_several{"Concat", "Max", "Min"};
// Positions of extremes: integers already.
constexpr std::array<std::string_view, 2> positions{"ArgMax", "ArgMin"};
constexpr std::array<std::string_view, 4> comparisons{"Greater", "GreaterOrEqual", "Less", "LessOrEqual"};

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

// Rounded so that each output's weights add up to 2^bits: what is the same everywhere stays what it is.
Tensor fixed_point_weights(const Tensor& weights, int bits) {
  Tensor fixed = Tensor::zeros(DType::s16, weights.shape);
  const std::vector<double> reals = weights.to_reals();
  const auto taps = static_cast<std::size_t>(weights.shape[1]);
  const auto values = fixed.as<std::int16_t>();
  for (std::size_t first = 0; first < reals.size(); first += taps) {
    auto left = static_cast<std::int32_t>(std::int64_t{1} << bits);
    std::size_t largest = first;
    for (std::size_t i = first; i < first + taps; ++i) {
      values[i] = static_cast<std::int16_t>(std::nearbyint(std::ldexp(reals[i], bits)));
      left -= values[i];
      if (reals[i] > reals[largest]) largest = i;
    }
    values[largest] = static_cast<std::int16_t>(values[largest] + left);
  }
  return fixed;
}

// Interpolation on the grid of the operand, between whose levels every result lies.
bool move_resampled(Rewriter& rewriter, const Node& node) {
  const auto operand = stored(rewriter, node.inputs[0]);
  const OpView op = rewriter.view(node);
  if (!operand || !ops::is_interpolation(op)) return false;
  // As many bits as sums of 32 bits have room for; elements of 16 bits are added up in 64.
  const int bits = rewriter.type(operand->levels).dtype == DType::s8 ? 11 : 14;
  Attrs attrs{{"axis", op.integer("axis")},
              {"outside", std::int64_t{operand->grid.level(static_cast<double>(op.real("outside")))}},
              {"row_bits", std::int64_t{bits}},
              {"column_bits", std::int64_t{bits}}};
  const std::string name = rewriter.graph().at(node.outputs[0]).name;
  const Tensor rows = fixed_point_weights(op.constant(2), bits), columns = fixed_point_weights(op.constant(4), bits);
  const ValueId levels = rewriter.emit("QuantizedResample2d",
                                       {operand->levels, node.inputs[1], rewriter.constant(rows, name + "_row_weights"),
                                        node.inputs[3], rewriter.constant(columns, name + "_column_weights")},
                                       std::move(attrs));
  rewriter.replace(node.outputs[0], emit_dequantize(rewriter, {.levels = levels, .grid = operand->grid}));
  return true;
}

bool find_position(Rewriter& rewriter, const Node& node) {
  const auto operand = stored(rewriter, node.inputs[0]);
  if (!operand) return false;
  rewriter.emit_like(node, {operand->levels}, node.attrs, node.outputs[0]);
  return true;
}

// The level to compare levels with for the answers of a comparison of reals with a constant: the highest one whose real
// number is not above it, or the lowest that is not below; nothing where that lies beyond the type.
std::optional<std::int64_t> compared_level(const Grid& grid, std::string_view comparison, double constant) {
  const bool from_below = comparison == "Greater" || comparison == "LessOrEqual";
  std::int32_t first = grid.lowest;  // the lowest level above, or not below
  while (first <= grid.highest && !(from_below ? grid.real(first) > constant : grid.real(first) >= constant)) ++first;
  const std::int32_t level = from_below ? first - 1 : first;
  if (level < grid.lowest || level > grid.highest) return std::nullopt;
  return level;
}

bool compare_levels(Rewriter& rewriter, const Node& node) {
  const auto operand = stored(rewriter, node.inputs[0]);
  if (!operand || !rewriter.graph().at(node.inputs[1]).is_constant()) return false;
  const Tensor reals = rewriter.view(node).constant(1);
  Tensor levels = Tensor::zeros(DType::s64, reals.shape);
  std::size_t next = 0;
  for (const double real : reals.to_reals()) {
    const auto level = compared_level(operand->grid, node.op->name, real);
    if (!level) return false;
    levels.as<std::int64_t>()[next++] = *level;
  }
  const std::string name = rewriter.graph().at(node.inputs[1]).name + "_level";
  const ValueId compared = rewriter.constant(convert(levels, rewriter.type(operand->levels).dtype), name);
  rewriter.emit_like(node, {operand->levels, compared}, node.attrs, node.outputs[0]);
  return true;
}

}  // namespace

bool realize_movement(Rewriter& rewriter, const Node& current) {
  const Node node = current;
  // One stored operand; further operands (Gather's indices) as they are.
  if (moves_elements(node.op->name)) return move_one(rewriter, node);
  if (is_one_of(node.op->name, of_several)) return move_several(rewriter, node);
  if (is_one_of(node.op->name, positions)) return find_position(rewriter, node);
  if (is_one_of(node.op->name, comparisons)) return compare_levels(rewriter, node);
  if (node.op->name == "Resample2d") return move_resampled(rewriter, node);
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
