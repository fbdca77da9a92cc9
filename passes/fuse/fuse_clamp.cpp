// fuse-clamp: Relu or Clip behind a core product that nobody else reads becomes its bounds. Behind a MaxPool2d of such
// a product the clamp goes before the pooling first: both only choose among ordered values, so they commute.
#include "passes/fixpoint.hpp"
#include "passes/fuse/fuse.hpp"
#include "passes/match.hpp"

namespace mote {
namespace {

struct Bounds {
  std::optional<float> low{}, high{};
};

std::optional<Bounds> bounds_of(const Rewriter& rewriter, const Node& node) {
  if (node.op->name == "Relu") return Bounds{.low = 0.0F, .high = {}};
  if (node.op->name != "Clip") return std::nullopt;
  const OpView op = rewriter.view(node);
  Bounds bounds;
  if (op.has("min")) bounds.low = op.real("min");
  if (op.has("max")) bounds.high = op.real("max");
  if (bounds.low && bounds.high && !(*bounds.low <= *bounds.high)) return std::nullopt;
  return bounds;
}

bool takes_clamp(const Rewriter& rewriter, ValueId id) {
  const Node* node = rewriter.producer(id);
  return node != nullptr && is_core_product(node->op->name) && rewriter.only_read_here(id);
}

float clamped(float value, const Bounds& bounds) {
  if (bounds.low && value < *bounds.low) return *bounds.low;
  if (bounds.high && value > *bounds.high) return *bounds.high;
  return value;
}

// First `inner`, then `outer`: the inner bounds are clamped like any value.
Bounds composed(const Bounds& inner, const Bounds& outer) {
  return {.low = inner.low ? clamped(*inner.low, outer) : outer.low,
          .high = inner.high ? clamped(*inner.high, outer) : outer.high};
}

void into_product(Rewriter& rewriter, const Node& node, const Bounds& bounds) {
  const Node product = *rewriter.producer(node.inputs[0]);
  const OpView op = rewriter.view(product);
  Bounds inner;
  if (op.has("low")) inner.low = op.real("low");
  if (op.has("high")) inner.high = op.real("high");
  const Bounds both = composed(inner, bounds);
  Attrs attrs = product.attrs;
  if (both.low) attrs["low"] = *both.low;
  if (both.high) attrs["high"] = *both.high;
  rewriter.emit_like(product, product.inputs, std::move(attrs), node.outputs[0]);
}

bool before_pool(Rewriter& rewriter, const Node& node) {
  const Node* found = rewriter.producer(node.inputs[0], "MaxPool2d");
  if (found == nullptr || !rewriter.only_read_here(node.inputs[0])) return false;
  const Node pool = *found;
  const Node* product = rewriter.producer(pool.inputs[0]);
  const bool fusable = product != nullptr && is_core_product(product->op->name) && rewriter.uses(pool.inputs[0]) == 1;
  if (!fusable) return false;
  // A window without any tap gives the lowest number, which a clamp would change.
  const OpView op = rewriter.view(pool);
  if (may_see_only_padding(op, integers_or(op, "pads", {0, 0, 0, 0}))) return false;
  const ValueId clamp = rewriter.emit_like(node, {pool.inputs[0]}, node.attrs);
  rewriter.emit_like(pool, {clamp}, pool.attrs, node.outputs[0]);
  return true;
}

bool fuse_once(Graph& graph) {
  Rewriter rewriter(std::move(graph));
  while (const Node* node = rewriter.next()) {
    const auto bounds = bounds_of(rewriter, *node);
    if (bounds && takes_clamp(rewriter, node->inputs[0])) into_product(rewriter, *node, *bounds);
    else if (!bounds || !before_pool(rewriter, *node)) rewriter.keep();
  }
  const bool changed = rewriter.changed();
  graph = std::move(rewriter).finish();
  return changed;
}

}  // namespace

Result<Graph> fuse_clamp(Graph graph, const PassContext&) {
  to_fixpoint(graph, fuse_once);
  return graph;
}

}  // namespace mote
