// simplify-reshapes: chains of Reshapes become one, those to the same shape none. A Reshape costs nothing by itself,
// but it hides the operator before it from the one behind, so it moves down, behind element-wise operators:
//   f(Reshape(x))                         Reshape(f(x))
//   g(Reshape(x), Reshape(y), c, …)       Reshape(g(x, y, c', …)), where x and y have the same shape
//   g(Reshape(Dense(…)), y)               Reshape(g(Dense(…), Reshape(y))), so that the sum can be fused
#include "passes/canonical/canonical.hpp"
#include "passes/canonical/layout.hpp"
#include "passes/match.hpp"

namespace mote {
namespace {

bool reshape(Rewriter& rewriter, const Node& node) {
  const bool chained = rewriter.producer(node.inputs[0], "Reshape") != nullptr;
  if (!chained && rewriter.type(node.inputs[0]) != rewriter.type(node.outputs[0])) return false;
  emit_reshape(rewriter, node.inputs[0], extents_of(rewriter.type(node.outputs[0]).shape), node.outputs[0]);
  return true;
}

void emit_on(Rewriter& rewriter, const Node& node, std::vector<ValueId> operands) {
  const ValueId result = rewriter.emit_like(node, std::move(operands), node.attrs);
  emit_reshape(rewriter, result, extents_of(rewriter.type(node.outputs[0]).shape), node.outputs[0]);
}

bool unary(Rewriter& rewriter, const Node& node) {
  const Node* inner = rewriter.producer(node.inputs[0], "Reshape");
  if (inner == nullptr || node.inputs.size() != 1) return false;
  emit_on(rewriter, node, {inner->inputs[0]});
  return true;
}

// How a constant that broadcasts to `outer` broadcasts to `inner`: as it is, or under other extents. Nothing: it varies
// along axes that the inner shape does not have.
std::optional<std::vector<std::int64_t>> inner_extents(const Shape& constant, const Shape& outer, const Shape& inner) {
  if (constant.elements() == 1) return std::vector<std::int64_t>{};
  if (constant == outer) return extents_of(inner);
  const std::int64_t last = outer[outer.rank() - 1];
  const bool along_last = constant.elements() == last && constant[constant.rank() - 1] == last;
  if (!along_last || inner.rank() == 0 || inner[inner.rank() - 1] != last) return std::nullopt;
  return std::vector<std::int64_t>{last};
}

ValueId under(Rewriter& rewriter, ValueId constant, std::vector<std::int64_t> extents) {
  if (extents_of(rewriter.type(constant).shape) == extents) return constant;
  const std::string name = rewriter.graph().at(constant).name;
  return rewriter.constant(reshaped(rewriter.graph().constant(constant), std::move(extents)), name);
}

// A core product, perhaps with its factor and bias still behind it.
bool ends_in_product(const Rewriter& rewriter, const Node* node) {
  for (int step = 0; node != nullptr && step < 4; ++step) {
    if (is_plain_product(*node)) return true;
    if (node->op->name != "Add" && node->op->name != "Mul") return false;
    const ValueId x = node->inputs[rewriter.is_constant(node->inputs[0]) ? 1 : 0];
    if (rewriter.uses(x) != 1) return false;
    node = rewriter.producer(x);
  }
  return false;
}

// The Reshape to move: one whose result has the shape of this node's.
const Node* moving_reshape(const Rewriter& rewriter, const Node& node) {
  for (const ValueId id : node.inputs) {
    const Node* inner = rewriter.producer(id, "Reshape");
    if (inner != nullptr && rewriter.type(id).shape == rewriter.type(node.outputs[0]).shape) return inner;
  }
  return nullptr;
}

bool broadcasting(Rewriter& rewriter, const Node& node) {
  const Node* moving = moving_reshape(rewriter, node);
  if (moving == nullptr) return false;
  const Shape inner = rewriter.type(moving->inputs[0]).shape;
  const Shape outer = rewriter.type(node.outputs[0]).shape;
  const bool worth_views = ends_in_product(rewriter, rewriter.producer(moving->inputs[0])) &&
                           rewriter.only_read_here(moving->outputs[0]);

  for (const ValueId id : node.inputs) {
    if (!id) return false;
    const Shape& shape = rewriter.type(id).shape;
    const Node* other = rewriter.producer(id, "Reshape");
    const bool same_view = other != nullptr && rewriter.type(other->inputs[0]).shape == inner;
    const bool fits = rewriter.is_constant(id) ? inner_extents(shape, outer, inner).has_value()
                                               : shape == outer && (same_view || worth_views);
    if (!fits) return false;
  }
  std::vector<ValueId> operands;
  for (const ValueId id : node.inputs) {
    if (rewriter.is_constant(id)) operands.push_back(under(rewriter, id, *inner_extents(rewriter.type(id).shape, outer, inner)));
    else operands.push_back(emit_reshape(rewriter, id, extents_of(inner)));
  }
  emit_on(rewriter, node, std::move(operands));
  return true;
}

bool rewrite(Rewriter& rewriter, const Node& node) {
  const std::string_view name = node.op->name;
  if (name == "Reshape") return reshape(rewriter, node);
  if (is_unary_elementwise(name)) return unary(rewriter, node);
  return is_broadcasting(name) && broadcasting(rewriter, node);
}

}  // namespace

bool simplify_reshapes_once(Graph& graph) {
  Rewriter rewriter(std::move(graph));
  while (const Node* node = rewriter.next())
    if (!rewrite(rewriter, *node)) rewriter.keep();
  const bool changed = rewriter.changed();
  graph = std::move(rewriter).finish();
  return changed;
}

Result<Graph> simplify_reshapes(Graph graph, const PassContext&) {
  static_cast<void>(simplify_reshapes_once(graph));
  return graph;
}

}  // namespace mote
