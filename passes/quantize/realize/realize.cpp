// realize-integers: what lies between quantized values becomes integer arithmetic. A FakeQuantize looks at the operator
// that feeds it (through clamps): with stored operands and an integer form it becomes that; element-wise functions of
// one stored value become a table; operators that only move elements move the levels. What has no integer form stays
// real between a DequantizeLinear and a QuantizeLinear.
#include "passes/quantize/realize/realize.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "passes/match.hpp"
#include "passes/quantize/quantize.hpp"

namespace mote {
namespace {

struct Rule {
  std::string_view op;
  Realization (*realize)(Rewriter&, const Node&, const Onto&);
  bool clamps = true;  // its integer form ends in the clamp of `onto`
};

constexpr std::array rules{Rule{"Conv2d", realize_product},
                           Rule{"DepthwiseConv2d", realize_product},
                           Rule{"Dense", realize_product},
                           Rule{"Add", realize_sum},
                           Rule{"Sub", realize_sum},
                           Rule{"Mul", realize_multiplication},
                           Rule{"MatMul", realize_matmul},
                           Rule{"Normalize", realize_normalize},
                           Rule{"AveragePool2d", realize_average_pool},
                           Rule{"ReduceMean", realize_reduction},
                           Rule{"ReduceSum", realize_reduction},
                           Rule{"RadialKernel", realize_radial, false},
                           Rule{"Softmax", realize_softmax, false},
                           Rule{"Concat", realize_concat, false}};

// The value behind a chain of clamps, which end up in the limits of `onto`.
ValueId behind_clamps(const Rewriter& rewriter, ValueId real, Onto& onto) {
  while (const Node* node = rewriter.producer(real)) {
    const OpView op = rewriter.view(*node);
    const auto bound = [&](std::string_view name) { return op.has(name) ? std::optional(op.real(name)) : std::nullopt; };
    if (node->op->name == "Relu")
      clamp_to(onto, 0.0F, std::nullopt);
    else if (node->op->name == "Clip")
      clamp_to(onto, bound("min"), bound("max"));
    else
      break;
    real = node->inputs[0];
  }
  return real;
}

Realization realize_producer(Rewriter& rewriter, ValueId real, Onto onto) {
  const ValueId sum = behind_clamps(rewriter, real, onto);
  const Node* found = rewriter.producer(sum);
  if (found == nullptr) return std::nullopt;
  const auto rule = std::ranges::find(rules, found->op->name, &Rule::op);
  if (rule == rules.end()) return std::nullopt;
  const Node node = *found;  // emitting moves the sweep's list of nodes
  const Realization levels = rule->realize(rewriter, node, onto);
  const bool is_clamped = onto.lowest != onto.grid.lowest || onto.highest != onto.grid.highest;
  if (!levels || rule->clamps || !is_clamped) return levels;
  return rewriter.emit("Clip", {*levels},
                       {{"min", static_cast<float>(onto.lowest)}, {"max", static_cast<float>(onto.highest)}});
}

// A table first: what depends on one stored value alone is exact in one, however much is computed.
Realization realize_real(Rewriter& rewriter, ValueId real, const Onto& onto) {
  if (const Realization levels = realize_table(rewriter, real, onto)) return levels;
  return realize_producer(rewriter, real, onto);
}

// No integer form: rounded from real numbers, and clamped afterwards, which is cheaper on levels.
ValueId quantize_real(Rewriter& rewriter, ValueId real, Onto onto) {
  const ValueId sum = behind_clamps(rewriter, real, onto);
  Grid grid = onto.grid;
  grid.lowest = onto.lowest;
  grid.highest = onto.highest;
  return emit_quantize(rewriter, sum, grid);
}

// Whether values stored on `here` are on `grid` as they are. The lowest level of the type does not count: grids of
// calibration leave it out, so nothing lies there.
bool holds(const Grid& grid, const Grid& here) {
  return same_levels(here, grid) && grid.lowest <= here.lowest + 1 && grid.highest >= here.highest;
}

void realize_fake_quantize(Rewriter& rewriter, const Node& node) {
  const Grid grid = signed_grid(grid_of_fake_quantize(node));
  const ValueId real = node.inputs[0];
  const Onto onto{.grid = grid, .lowest = grid.lowest, .highest = grid.highest};
  const auto here = stored(rewriter, real);
  if (here && holds(grid, here->grid)) {
    rewriter.replace(node.outputs[0], real);
    return;
  }
  Realization levels = here ? Realization(onto_grid(rewriter, *here, grid)) : realize_real(rewriter, real, onto);
  if (!levels) levels = quantize_real(rewriter, real, onto);
  rewriter.replace(node.outputs[0], emit_dequantize(rewriter, {.levels = *levels, .grid = grid}));
}

// An unsigned input becomes signed before anything else sees it.
bool make_signed(Rewriter& rewriter, const Node& node) {
  const DType type = rewriter.type(node.inputs[0]).dtype;
  if (type != DType::u8 && type != DType::u16) return false;
  const auto grid = grid_of_quantization(rewriter.graph(), node, type);
  if (!grid || rewriter.is_constant(node.inputs[0])) return false;
  const Grid moved = signed_grid(*grid);
  const std::int64_t to = type == DType::u8 ? 3 : 5;  // TensorProto.DataType: INT8, INT16
  const ValueId levels = rewriter.emit("Requantize", {node.inputs[0]},
                                       {{"to", to}, {"multiplier", std::int64_t{1}},
                                        {"offset", std::int64_t{moved.lowest - grid->lowest}}});
  rewriter.replace(node.outputs[0], emit_dequantize(rewriter, {.levels = levels, .grid = moved}));
  return true;
}

// A graph that ends in levels of its own: those that are there, moved to the type it asks for.
bool realize_quantize(Rewriter& rewriter, const Node& node) {
  const DType type = rewriter.type(node.outputs[0]).dtype;
  const auto grid = grid_of_quantization(rewriter.graph(), node, type);
  if (!grid) return false;
  const Grid wanted = signed_grid(*grid);
  const Onto onto{.grid = wanted, .lowest = wanted.lowest, .highest = wanted.highest};
  const auto here = stored(rewriter, node.inputs[0]);
  Realization levels;
  if (here)
    levels = same_levels(here->grid, wanted) ? here->levels : onto_grid(rewriter, *here, wanted);
  else
    levels = realize_real(rewriter, node.inputs[0], onto);
  if (!levels) return false;
  if (*grid != wanted) {
    const std::int64_t to = type == DType::u8 ? 2 : 4;  // UINT8, UINT16
    levels = rewriter.emit("Requantize", {*levels},
                           {{"to", to}, {"multiplier", std::int64_t{1}},
                            {"offset", std::int64_t{grid->lowest - wanted.lowest}}});
  }
  rewriter.replace(node.outputs[0], *levels);
  return true;
}

// Probabilities that a model ends in without quantizing them: 16 bits hold them to 2^-16.
bool realize_last_softmax(Rewriter& rewriter, const Node& current) {
  const Node node = current;
  if (node.op->name != "Softmax" || !rewriter.is_graph_output(node.outputs[0])) return false;
  const Grid grid = softmax_grid(16);
  const auto levels = realize_softmax(rewriter, node, {.grid = grid, .lowest = grid.lowest, .highest = grid.highest});
  if (levels) rewriter.replace(node.outputs[0], emit_dequantize(rewriter, {.levels = *levels, .grid = grid}));
  return levels.has_value();
}

}  // namespace

void clamp_to(Onto& onto, std::optional<float> low, std::optional<float> high) {
  if (low) onto.lowest = std::clamp(onto.grid.level(static_cast<double>(*low)), onto.lowest, onto.highest);
  if (high) onto.highest = std::clamp(onto.grid.level(static_cast<double>(*high)), onto.lowest, onto.highest);
}

Result<Graph> realize_integers(Graph graph, const PassContext&) {
  const SequenceGrids grids = sequence_grids(graph);
  Rewriter rewriter(std::move(graph));
  while (const Node* node = rewriter.next()) {
    if (node->op->name == "FakeQuantize") {
      realize_fake_quantize(rewriter, *node);
      continue;
    }
    const bool done = (node->op->name == "DequantizeLinear" && make_signed(rewriter, *node)) ||
                      (node->op->name == "QuantizeLinear" && realize_quantize(rewriter, *node)) ||
                      realize_last_softmax(rewriter, *node) || realize_movement(rewriter, *node) ||
                      realize_recurrent(rewriter, *node, grids);
    if (!done) rewriter.keep();
  }
  return std::move(rewriter).finish();
}

}  // namespace mote
