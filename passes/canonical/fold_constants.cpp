// fold-constants: evaluates nodes whose operands are all constant, in single precision as the emitted code would. A
// result is kept only if it is small or no larger than what it is computed from: else a few bytes (ConstantOfShape,
// Expand, Tile) would become megabytes of flash. Quantized weights are always folded: every later pass looks for plain
// constants, and realize-integers finds their levels again.
#include "lib/ops/evaluate.hpp"
#include "passes/canonical/canonical.hpp"
#include "passes/rewriter.hpp"

namespace mote {
namespace {

constexpr std::int64_t always_folded_bytes = 64 * 1024;

bool small_enough(const Graph& graph, const Node& node) {
  if (node.op->name == "DequantizeLinear") return true;
  std::int64_t read = 0;
  std::int64_t written = 0;
  for (const ValueId id : node.inputs)
    if (id) read += graph.at(id).type.bytes();
  for (const ValueId id : node.outputs)
    if (id) written += graph.at(id).type.bytes();
  return written <= always_folded_bytes || written <= read;
}

// The node that gives a constant output its name: folding it would only make another one.
bool names_an_output(const Rewriter& rewriter, const Node& node) {
  return node.op->name == "Identity" && rewriter.is_graph_output(node.outputs[0]);
}

bool folds(const Rewriter& rewriter, const Node& node) {
  return all_constant(rewriter.graph(), node) && small_enough(rewriter.graph(), node) &&
         !names_an_output(rewriter, node);
}

}  // namespace

Result<Graph> fold_constants(Graph graph, const PassContext&) {
  Rewriter rewriter(std::move(graph));
  while (const Node* node = rewriter.next()) {
    if (!folds(rewriter, *node)) {
      rewriter.keep();
      continue;
    }
    const std::vector<Tensor> results = fold_node(rewriter.graph(), *node);
    for (std::size_t i = 0; i < results.size(); ++i)
      if (node->outputs[i])
        rewriter.replace(node->outputs[i], rewriter.constant(results[i], rewriter.graph().at(node->outputs[i]).name));
  }
  return std::move(rewriter).finish();
}

}  // namespace mote
