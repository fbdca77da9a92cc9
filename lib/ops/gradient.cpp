#include "lib/ops/gradient.hpp"

#include <utility>

namespace mote {

GradientBuilder::GradientBuilder(Graph& graph, const OpView& op, std::vector<ValueId> results, std::vector<bool> wanted)
    : TermBuilder(graph, op.node.origin),
      op_(op),
      results_(std::move(results)),
      given_(op.node.inputs.size()),
      wanted_(std::move(wanted)) {}

Term GradientBuilder::gradient(std::size_t i) {
  if (results_[i]) return term(results_[i]);
  return constant(Tensor::zeros(op_.out(i).dtype, op_.out(i).shape));
}

void GradientBuilder::give(std::size_t i, Term gradient) {
  if (wants(i)) given_[i] = summed_to(gradient, op_.in(i).shape).id;
}

void GradientBuilder::give_zeros(std::size_t i) { give(i, constant(Tensor::zeros(op_.in(i).dtype, op_.in(i).shape))); }

Result<std::vector<ValueId>> GradientBuilder::finish() && {
  MOTE_TRY_STATUS(status());
  for (std::size_t i = 0; i < given_.size(); ++i)
    if (wants(i) && !given_[i])
      return at(op_, Code::unsupported_form,
                std::string(op_.node.op->name) + " has no gradient with respect to operand " + std::to_string(i),
                {"keep this operand constant"});
  return std::move(given_);
}

}  // namespace mote
