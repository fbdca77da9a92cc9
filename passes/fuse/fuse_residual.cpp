// fuse-residual: Add(product(x), r) of two tensors of one shape becomes product(x, residual = r), so that the sum
// costs no pass over memory. Where both sides are products, the later one takes the other as its residual: the order
// of execution stays as it was. (simplify-reshapes has moved a Reshape between the two behind the sum.)
#include "passes/fuse/fuse.hpp"
#include "passes/match.hpp"

namespace mote {
namespace {

struct Candidate {
  const Node* product = nullptr;
  ValueId residual{};
  std::size_t position = 0;
};

std::optional<Candidate> candidate(const Rewriter& rewriter, const Node& add) {
  if (add.op->name != "Add" || add.inputs[0] == add.inputs[1]) return std::nullopt;
  const TensorType& type = rewriter.type(add.outputs[0]);
  std::optional<Candidate> best;
  for (const std::size_t side : {0U, 1U}) {
    const ValueId id = add.inputs[side];
    const ValueId residual = add.inputs[1 - side];
    const Node* product = rewriter.producer(id);
    if (product == nullptr || !is_plain_product(*product) || !rewriter.only_read_here(id)) continue;
    if (rewriter.is_constant(residual) || rewriter.type(id) != type || rewriter.type(residual) != type) continue;
    if (!best || rewriter.position(id) > best->position)
      best = Candidate{.product = product, .residual = residual, .position = rewriter.position(id)};
  }
  return best;
}

}  // namespace

Result<Graph> fuse_residual(Graph graph, const PassContext&) {
  Rewriter rewriter(std::move(graph));
  while (const Node* node = rewriter.next()) {
    const auto found = candidate(rewriter, *node);
    if (!found) {
      rewriter.keep();
      continue;
    }
    const Node product = *found->product;
    std::vector<ValueId> operands = product.inputs;
    operands.resize(4);
    operands[3] = found->residual;
    rewriter.emit_like(product, std::move(operands), product.attrs, node->outputs[0]);
  }
  return std::move(rewriter).finish();
}

}  // namespace mote
