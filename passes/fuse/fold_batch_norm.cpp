// fold-batch-norm: factors and shifts per channel (what is left of BatchNormalization, of biases that exporters write
// as Add, and of input normalisation) go into the weights and the bias of the core product before or behind them.
//   Mul(product(x), c)      weights * c, bias * c
//   Add(product(x), c)      bias + c
//   product(Mul(x, c))      weights * c; a padded tap is skipped either way
//   product(Add(x, c))      bias + product of c; only without padding, where every output sees every tap
//   Mul(Mul(x, c), d), Add(Add(x, c), d)   one of them
// Operators are folded only where nobody else reads them. Behind a Relu or a sum, Mul and Add stay as they are.
#include "passes/fixpoint.hpp"
#include "passes/fuse/channel_arithmetic.hpp"
#include "passes/fuse/fuse.hpp"
#include "passes/match.hpp"

namespace mote {
namespace {

// A core product with other constants, which keep the names of the old ones; a new bias is named after `added`.
void emit_product(Rewriter& rewriter, const Node& product, ValueId x, const std::optional<Tensor>& weights,
                  const std::optional<std::vector<double>>& bias, ValueId added, ValueId output) {
  const Node model = product;  // emitted nodes move when more are emitted
  const auto name_of = [&](ValueId id) { return std::string(rewriter.graph().at(id).name); };
  std::vector<ValueId> operands = model.inputs;
  operands[0] = x;
  if (weights) operands[1] = rewriter.constant(*weights, name_of(model.inputs[1]));
  if (bias) {
    operands.resize(std::max<std::size_t>(operands.size(), 3));
    const ValueId named = operands[2] ? operands[2] : added;
    operands[2] = rewriter.constant(real_tensor({static_cast<std::int64_t>(bias->size())}, *bias), name_of(named));
  }
  rewriter.emit_like(model, std::move(operands), model.attrs, output);
}

bool into_product_before(Rewriter& rewriter, const Node& node) {
  const auto found = channel_affine(rewriter, &node);
  const Node* product = found ? rewriter.producer(found->x) : nullptr;
  if (product == nullptr || !is_plain_product(*product) || !rewriter.only_read_here(found->x)) return false;
  const OpView op = rewriter.view(*product);
  std::vector<double> bias = bias_of(op);
  for (std::size_t c = 0; c < bias.size(); ++c) {
    if (found->multiplies) bias[c] *= found->values[c];
    else bias[c] += found->values[c];
  }
  const bool needs_bias = op.has_in(2) || !found->multiplies;
  std::optional<Tensor> weights;
  if (found->multiplies) weights = scaled_outputs(op, found->values);
  emit_product(rewriter, *product, product->inputs[0], weights, needs_bias ? std::optional(bias) : std::nullopt,
               found->constant, node.outputs[0]);
  return true;
}

bool is_padded(const OpView& product) {
  return product.has("pads") &&
         std::ranges::any_of(product.integers("pads"), [](std::int64_t pad) { return pad != 0; });
}

bool into_product_behind(Rewriter& rewriter, const Node& node) {
  if (!is_core_product(node.op->name) || !rewriter.only_read_here(node.inputs[0])) return false;
  const auto found = channel_affine(rewriter, rewriter.producer(node.inputs[0]));
  const OpView op = rewriter.view(node);
  if (!found || (!found->multiplies && is_padded(op))) return false;
  if (found->multiplies) {
    emit_product(rewriter, node, found->x, scaled_inputs(op, found->values), std::nullopt, {}, node.outputs[0]);
    return true;
  }
  std::vector<double> bias = bias_of(op);
  const std::vector<double> response = response_to(op, found->values);
  for (std::size_t c = 0; c < bias.size(); ++c) bias[c] += response[c];
  emit_product(rewriter, node, found->x, std::nullopt, bias, found->constant, node.outputs[0]);
  return true;
}

bool merge_two(Rewriter& rewriter, const Node& node) {
  const auto second = channel_affine(rewriter, &node);
  const auto first = second ? channel_affine(rewriter, rewriter.producer(second->x)) : std::nullopt;
  if (!first || first->multiplies != second->multiplies || !rewriter.only_read_here(second->x)) return false;
  std::vector<double> values = first->values;
  for (std::size_t c = 0; c < values.size(); ++c) {
    if (first->multiplies) values[c] *= second->values[c];
    else values[c] += second->values[c];
  }
  const std::string name = rewriter.graph().at(second->constant).name;
  const ValueId constant = rewriter.constant(real_tensor({static_cast<std::int64_t>(values.size())}, values), name);
  rewriter.emit_like(node, {first->x, constant}, node.attrs, node.outputs[0]);
  return true;
}

bool fold_once(Graph& graph) {
  Rewriter rewriter(std::move(graph));
  while (const Node* node = rewriter.next()) {
    const bool folded = into_product_before(rewriter, *node) || into_product_behind(rewriter, *node) ||
                        merge_two(rewriter, *node);
    if (!folded) rewriter.keep();
  }
  const bool changed = rewriter.changed();
  graph = std::move(rewriter).finish();
  return changed;
}

}  // namespace

Result<Graph> fold_batch_norm(Graph graph, const PassContext&) {
  // One sweep folds any chain behind a product; a chain in front of one takes a round per link.
  to_fixpoint(graph, fold_once);
  return graph;
}

}  // namespace mote
