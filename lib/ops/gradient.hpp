#pragma once
#include <vector>

#include "lib/ops/term.hpp"

namespace mote {

// What OpDef::gradient builds with: one node of the forward graph, the gradients of its results, and the graph that
// those of its operands are added to. That graph begins with the values of the forward graph, under the same ids; the
// OpView of the node refers to the forward graph itself, which does not change meanwhile.
class GradientBuilder : public TermBuilder {
 public:
  // `results`: the gradient of each result, empty where the loss does not depend on it. `wanted`: by operand.
  GradientBuilder(Graph& graph, const OpView& op, std::vector<ValueId> results, std::vector<bool> wanted);

  [[nodiscard]] Term operand(std::size_t i) { return term(op_.node.inputs[i]); }
  [[nodiscard]] Term result(std::size_t i = 0) { return term(op_.node.outputs[i]); }
  // The gradient of result i; zeros where the loss does not depend on it.
  [[nodiscard]] Term gradient(std::size_t i = 0);
  // Whether anybody asks for the gradient of operand i; never true of integers.
  [[nodiscard]] bool wants(std::size_t i) const { return i < wanted_.size() && wanted_[i]; }
  // The gradient of operand i, or of what it was broadcast to: then it is summed over the axes that repeat it. Every
  // operand that is wanted must be given one.
  void give(std::size_t i, Term gradient);
  void give_zeros(std::size_t i);

  // By operand, empty where none was wanted.
  [[nodiscard]] Result<std::vector<ValueId>> finish() &&;

 private:
  const OpView& op_;
  std::vector<ValueId> results_, given_;
  std::vector<bool> wanted_;
};

}  // namespace mote
