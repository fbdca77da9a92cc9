#include "passes/canonical/decompose_recurrent.hpp"

#include <algorithm>
#include <array>

#include "passes/match.hpp"
#include "passes/permutation.hpp"

namespace mote {
namespace {

constexpr std::array<std::string_view, 3> recurrent{"GRU", "LSTM", "RNN"};
constexpr std::size_t lengths_operand = 4;

// The recurrent node whose sequence `id` holds, perhaps under another shape.
const Node* layer_of(const Rewriter& rewriter, ValueId id) {
  const Node* node = rewriter.producer(id);
  if (node != nullptr && node->op->name == "Reshape") node = rewriter.producer(node->inputs[0]);
  return node != nullptr && is_one_of(node->op->name, recurrent) ? node : nullptr;
}

bool gives_sequence(const Node& layer, ValueId id) { return layer.outputs[0] && layer.outputs[0] == id; }

// Steps lie one behind the other: one direction, the batch inside of the steps or of extent 1.
bool ends_in_one_piece(const OpView& layer) {
  const bool has_lengths = layer.has_in(lengths_operand);
  const Shape& x = layer.in(0).shape;
  return !has_lengths && layer.text("direction") != "bidirectional" && (layer.integer("layout") == 0 || x[0] == 1);
}

// Where in Y the last step begins, in bytes.
std::int64_t last_step_offset(const OpView& layer, std::int64_t step_bytes) {
  const std::int64_t steps = layer.in(0).shape[layer.integer("layout") != 0 ? 1 : 0];
  return layer.text("direction") == "reverse" ? 0 : (steps - 1) * step_bytes;
}

// Y_h of a layer; a layer without it is emitted anew without its sequence, if nothing else of it is read.
ValueId state_of(Rewriter& rewriter, const Node& layer, ValueId read_here) {
  if (layer.outputs.size() > 1 && layer.outputs[1]) return layer.outputs[1];
  const bool only_one = layer.outputs.size() == 1 && rewriter.uses(layer.outputs[0]) <= 1 &&
                        rewriter.only_read_here(read_here) && !rewriter.is_graph_output(layer.outputs[0]);
  if (!only_one) return {};
  Node model = layer;
  model.outputs = {ValueId{}, layer.outputs[0]};
  return rewriter.emit_results_like(model, model.inputs, model.attrs)[1];
}

}  // namespace

bool last_step_to_state(Rewriter& rewriter, const Node& node) {
  const OpView op = rewriter.view(node);
  const std::vector<View> views = op.node.op->views(op);
  const Node* found = layer_of(rewriter, node.inputs[0]);
  if (found == nullptr || views.size() != 1 || views[0].input != 0) return false;
  const Node layer = *found;
  const Node* between = rewriter.producer(node.inputs[0], "Reshape");
  if (!gives_sequence(layer, between != nullptr ? between->inputs[0] : node.inputs[0])) return false;
  const OpView layer_view = rewriter.view(layer);
  const std::int64_t steps = layer_view.in(0).shape[layer_view.integer("layout") != 0 ? 1 : 0];
  const std::int64_t step_bytes = op.in(0).bytes() / std::max<std::int64_t>(steps, 1);
  if (!ends_in_one_piece(layer_view) || op.out(0).bytes() != step_bytes ||
      views[0].offset != last_step_offset(layer_view, step_bytes))
    return false;
  const ValueId state = state_of(rewriter, layer, node.inputs[0]);
  if (!state) return false;
  emit_reshape(rewriter, state, extents_of(rewriter.type(node.outputs[0]).shape), node.outputs[0]);
  return true;
}

}  // namespace mote
