// sink-transposes: Transposes move down the graph until they meet their inverse, a view, a constant or weights that
// can take another order. The sweep is forward, so that one of them passes through a whole chain at once:
//   Transpose of Transpose, Transpose that moves no element      one, none, or a Reshape
//   f(Transpose(x)), element by element                          Transpose(f(x)), other operands turned back for free
//   Concat of Transposes; Slice, Split, Pad, Reduce, Softmax …   the same on other axes (sink_rules.cpp)
//   Reshape that merges or splits axes lying together            before the Transpose (reshape_first.cpp)
//   Dense(Reshape(Transpose(x)))                                 Dense(Reshape(x)), the rows of the weights reordered
// Turned back for free are: another Transpose of the same kind, a constant, a tensor in which no element moves, and a
// value that is needed in the other order anyway.
#include <map>

#include "passes/canonical/canonical.hpp"
#include "passes/canonical/layout.hpp"
#include "passes/fixpoint.hpp"
#include "passes/match.hpp"

namespace mote {
namespace {

class Sweep {
 public:
  explicit Sweep(Graph graph) : rewriter_(std::move(graph)) {}

  Graph run(bool& changed) {
    while (const Node* node = rewriter_.next()) {
      if (!sink(*node)) rewriter_.keep();
      remember(node->outputs[0]);
    }
    changed = rewriter_.changed();
    return std::move(rewriter_).finish();
  }

 private:
  bool sink(const Node& node) {
    const std::string_view name = node.op->name;
    if (name == "Transpose") return transpose(node);
    if (name == "Concat") return concat(node);
    if (name == "Dense") return dense(node);
    if (is_unary_elementwise(name)) return unary(node);
    if (is_broadcasting(name)) return broadcasting(node);
    return sink_through_axes(rewriter_, node);
  }

  bool transpose(const Node& node) {
    const Permutation perm = permutation_of(rewriter_.view(node));
    const bool simpler = rewriter_.producer(node.inputs[0], "Transpose") != nullptr ||
                         moves_no_element(perm, rewriter_.type(node.inputs[0]).shape);
    if (const ValueId twin = known_transpose(node.inputs[0], perm); twin && twin != node.outputs[0]) {
      rewriter_.replace(node.outputs[0], twin);
      return true;
    }
    if (simpler) emit_transpose(rewriter_, node.inputs[0], perm, node.outputs[0]);
    return simpler || behind_reshape(node, perm);
  }

  // Transpose(Reshape(Transpose(x))) = Reshape(Transpose(x)) where the Reshape leaves what is moved together: the way
  // back from the channels first of a model between two Transposes of convolutions. Read from the end to the beginning,
  // it is the Transpose that passes the Reshape.
  bool behind_reshape(const Node& node, const Permutation& perm) {
    const Node* reshape = rewriter_.producer(node.inputs[0], "Reshape");
    if (reshape == nullptr || !rewriter_.only_read_here(node.inputs[0])) return false;
    const auto inner = turned(rewriter_, reshape->inputs[0]);
    if (!inner) return false;
    const Shape result = rewriter_.type(node.outputs[0]).shape;
    const auto order = reshape_first(result, inverse(perm), rewriter_.type(reshape->inputs[0]).shape);
    if (!order) return false;
    const ValueId moved = emit_transpose(rewriter_, inner->source, composed(inner->perm, inverse(order->perm)));
    emit_reshape(rewriter_, moved, extents_of(result), node.outputs[0]);
    return true;
  }

  bool unary(const Node& node) {
    const auto x = turned(rewriter_, node.inputs[0]);
    if (!x || node.inputs.size() != 1) return false;
    const ValueId result = rewriter_.emit_like(node, {x->source}, node.attrs);
    emit_transpose(rewriter_, result, x->perm, node.outputs[0]);
    return true;
  }

  bool broadcasting(const Node& node) {
    const std::size_t rank = rewriter_.type(node.outputs[0]).shape.rank();
    return together(node, node.attrs, [&](ValueId id) {
      std::vector<std::int64_t> extents = extents_of(rewriter_.type(id).shape);
      extents.insert(extents.begin(), rank - extents.size(), 1);
      return extents;
    });
  }

  bool concat(const Node& node) {
    std::optional<Turned> first;
    for (const ValueId id : node.inputs)
      if (!first) first = turned(rewriter_, id);
    if (!first) return false;
    Attrs attrs = node.attrs;
    const std::int64_t axis = rewriter_.view(node).integer("axis");
    const auto place = axis < 0 ? axis + static_cast<std::int64_t>(first->perm.size()) : axis;
    attrs["axis"] = static_cast<std::int64_t>(first->perm[static_cast<std::size_t>(place)]);
    return together(node, attrs, [&](ValueId id) { return extents_of(rewriter_.type(id).shape); });
  }

  // All operands must be readable in the order of the first Transpose; `extents` gives them the rank of the result.
  template <class Extents>
  bool together(const Node& node, const Attrs& attrs, Extents extents) {
    std::optional<Turned> first;
    for (const ValueId id : node.inputs)
      if (!first && id && rewriter_.type(id).shape.rank() == rewriter_.type(node.outputs[0]).shape.rank())
        first = turned(rewriter_, id);
    if (!first) return false;
    const Permutation back = inverse(first->perm);
    for (const ValueId id : node.inputs)
      if (!id || !free_in_order(id, first->perm, back, extents(id))) return false;
    std::vector<ValueId> operands;
    for (const ValueId id : node.inputs) operands.push_back(in_order(id, first->perm, back, extents(id)));
    const ValueId result = rewriter_.emit_like(node, std::move(operands), attrs);
    emit_transpose(rewriter_, result, first->perm, node.outputs[0]);
    return true;
  }

  [[nodiscard]] bool free_in_order(ValueId id, const Permutation& perm, const Permutation& back,
                                   const std::vector<std::int64_t>& extents) const {
    if (const auto x = turned(rewriter_, id); x && x->perm == perm) return true;
    if (rewriter_.is_constant(id)) return true;
    const auto shape = Shape::make(extents);
    return (shape && moves_no_element(back, *shape)) || known_transpose(id, back);
  }

  ValueId in_order(ValueId id, const Permutation& perm, const Permutation& back,
                   const std::vector<std::int64_t>& extents) {
    if (const auto x = turned(rewriter_, id); x && x->perm == perm) return x->source;
    if (rewriter_.is_constant(id)) {
      if (rewriter_.type(id).shape.rank() == 0) return id;
      const Tensor whole = reshaped(rewriter_.graph().constant(id), extents);
      return rewriter_.constant(transposed(whole, back), std::string(rewriter_.graph().at(id).name));
    }
    if (const ValueId twin = known_transpose(id, back)) return twin;
    return emit_reshape(rewriter_, id, permuted(extents, back));
  }

  bool dense(const Node& node) {
    const Node* flat = rewriter_.producer(node.inputs[0], "Reshape");
    const auto x = flat != nullptr ? turned(rewriter_, flat->inputs[0]) : turned(rewriter_, node.inputs[0]);
    if (!x) return false;
    const std::vector<std::int64_t> extents = extents_of(rewriter_.type(node.inputs[0]).shape);
    const auto weights = weights_for_untransposed(rewriter_.type(x->source).shape, x->perm, extents[0],
                                                  rewriter_.graph().constant(node.inputs[1]));
    if (!weights) return false;
    std::vector<ValueId> operands = node.inputs;
    operands[0] = emit_reshape(rewriter_, x->source, extents);
    operands[1] = rewriter_.constant(*weights, std::string(rewriter_.graph().at(node.inputs[1]).name));
    rewriter_.emit_like(node, std::move(operands), node.attrs, node.outputs[0]);
    return true;
  }

  void remember(ValueId output) {
    const auto x = output ? turned(rewriter_, output) : std::nullopt;
    if (x) transposes_.insert_or_assign({x->source, x->perm}, output);
  }

  // A Transpose of this value that is there already; it may have been removed since.
  [[nodiscard]] ValueId known_transpose(ValueId id, const Permutation& perm) const {
    const auto found = transposes_.find({id, perm});
    if (found == transposes_.end() || rewriter_.producer(found->second) == nullptr) return {};
    return found->second;
  }

  Rewriter rewriter_;
  std::map<std::pair<ValueId, Permutation>, ValueId> transposes_;
};

}  // namespace

bool sink_transposes_once(Graph& graph) {
  bool changed = false;
  graph = Sweep(std::move(graph)).run(changed);
  return changed;
}

Result<Graph> sink_transposes(Graph graph, const PassContext&) {
  // A Reshape that has been simplified away may open the way for a Transpose, and the other way round.
  to_fixpoint(graph, [](Graph& step) {
    const bool sunk = sink_transposes_once(step);
    const bool simplified = simplify_reshapes_once(step);
    return sunk || simplified;
  });
  return graph;
}

}  // namespace mote
