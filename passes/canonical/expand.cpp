// expand: operators that are defined by others (lib/ops/expansion.hpp) become those others, so that QLinearConv and its
// like take the same way as QuantizeLinear and DequantizeLinear around real operators. Between such operators, what
// only moves levels moves the real numbers instead: Q(x) -> MaxPool becomes MaxPool(DQ(Q(x))) -> Q on the same grid.
#include <array>

#include "lib/ops/expansion.hpp"
#include "passes/canonical/canonical.hpp"
#include "passes/match.hpp"

namespace mote {
namespace {

// The largest of levels is the level of the largest number; the others do not look at elements at all.
constexpr std::array<std::string_view, 8> movement{"Flatten", "MaxPool",  "Reshape",   "Slice",
                                                   "Squeeze", "Transpose", "Unsqueeze", "GlobalMaxPool"};

void emit_expansion(Rewriter& rewriter, const Node& node, const Expansion& expansion) {
  std::vector<ValueId> constants, steps;
  for (const Tensor& tensor : expansion.constants) constants.push_back(rewriter.constant(tensor, "constant"));
  const auto value_of = [&](const Expansion::Ref& ref) -> ValueId {
    switch (ref.kind) {
      case Expansion::Ref::Kind::input: return ref.index < node.inputs.size() ? node.inputs[ref.index] : ValueId{};
      case Expansion::Ref::Kind::constant: return constants[ref.index];
      case Expansion::Ref::Kind::step: return steps[ref.index];
      case Expansion::Ref::Kind::none: break;
    }
    return {};
  };
  for (const Expansion::Step& step : expansion.steps) {
    std::vector<ValueId> operands;
    for (const Expansion::Ref& operand : step.operands) operands.push_back(value_of(operand));
    steps.push_back(rewriter.emit(step.op, std::move(operands), step.attrs));
  }
  for (std::size_t i = 0; i < node.outputs.size(); ++i)
    if (node.outputs[i]) rewriter.replace(node.outputs[i], value_of(expansion.results[i]));
}

// One scale for the tensor: any other would belong to an axis that moves.
bool move_real_numbers(Rewriter& rewriter, const Node& node) {
  if (!is_one_of(node.op->name, movement) || node.outputs.size() != 1 || node.inputs.size() != 1) return false;
  const Node* quantize = rewriter.producer(node.inputs[0], "QuantizeLinear");
  if (quantize == nullptr || rewriter.type(quantize->inputs[1]).shape.elements() != 1) return false;
  const std::vector<ValueId> grid(quantize->inputs.begin() + 1, quantize->inputs.end());
  const Attrs quantize_attrs = quantize->attrs;
  const auto on_grid = [&](ValueId id) {
    std::vector<ValueId> operands{id};
    operands.insert(operands.end(), grid.begin(), grid.end());
    return operands;
  };
  const ValueId real = rewriter.emit("DequantizeLinear", on_grid(node.inputs[0]));
  const ValueId moved = rewriter.emit_like(node, {real}, node.attrs);
  rewriter.emit("QuantizeLinear", on_grid(moved), quantize_attrs, node.outputs[0]);
  return true;
}

}  // namespace

Result<Graph> expand(Graph graph, const PassContext&) {
  Rewriter rewriter(std::move(graph));
  while (const Node* node = rewriter.next()) {
    const Node current = *node;
    if (const auto expansion = expansion_of(rewriter.view(current)))
      emit_expansion(rewriter, current, *expansion);
    else if (!move_real_numbers(rewriter, current))
      rewriter.keep();
  }
  return std::move(rewriter).finish();
}

}  // namespace mote
