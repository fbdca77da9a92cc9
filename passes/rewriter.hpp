#pragma once
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "lib/ops/op_def.hpp"

namespace mote {

// One forward sweep over a graph that rebuilds its list of nodes: how nearly every pass is written.
//
//   Rewriter rewriter(std::move(graph));
//   while (const Node* node = rewriter.next()) {
//     if (<pattern that ends in *node>) rewriter.emit(…, node->outputs[0]);   // or replace(node->outputs[0], other)
//     else rewriter.keep();
//   }
//   return std::move(rewriter).finish();
//
// Nodes arrive in topological order with all earlier replacements applied to their inputs; patterns look backwards,
// at nodes already emitted. What nobody reads any more after a step is removed with everything that only it used, so
// use counts stay true and one sweep can carry a rewrite along a whole chain. Linear in the size of the graph.
class Rewriter {
 public:
  explicit Rewriter(Graph graph);

  // The next node, or nullptr at the end. Every one must then be kept, or its outputs emitted or replaced.
  [[nodiscard]] const Node* next();

  void keep();  // the current node as it is
  // A new node, in front of everything that comes later. Writes `output` (an output of the current node whose type it
  // must have), or a new value named after the current node's first output. Attributes are completed.
  ValueId emit(std::string_view op, std::vector<ValueId> inputs, Attrs attrs = {}, ValueId output = {});
  ValueId emit_like(const Node& node, std::vector<ValueId> inputs, Attrs attrs, ValueId output = {});  // its operator, its origin
  // Like `node`, with as many results, which become new values.
  std::vector<ValueId> emit_results_like(const Node& node, std::vector<ValueId> inputs, Attrs attrs);
  // It takes over the name if the value that has it is read no more in the end, so that weights keep their own names.
  ValueId constant(const Tensor& tensor, std::string_view name);
  // What the integers of a value stand for; said by whoever emitted them, for reports and interfaces.
  void describe(ValueId id, const QuantParams& meaning) { graph_.at(id).type.quant = meaning; }
  void replace(ValueId output, ValueId by);  // every reader of the current node's output reads `by` instead

  [[nodiscard]] const Graph& graph() const { return graph_; }
  [[nodiscard]] OpView view(const Node& node) const { return {graph_, node}; }
  [[nodiscard]] const TensorType& type(ValueId id) const { return graph_.at(id).type; }
  [[nodiscard]] bool is_constant(ValueId id) const { return id && graph_.at(id).is_constant(); }
  // The emitted node that defines a value; nullptr for graph inputs and constants. Valid until the next emit.
  [[nodiscard]] const Node* producer(ValueId id) const;
  [[nodiscard]] const Node* producer(ValueId id, std::string_view op) const;  // only if it is this operator
  // Its position among emitted nodes: larger is later.
  [[nodiscard]] std::size_t position(ValueId id) const;
  // No reader besides the current node (whose own reads are not counted).
  [[nodiscard]] bool only_read_here(ValueId id) const { return uses_[*id] == 0; }
  // Readers, the current node's own reads not counted.
  [[nodiscard]] std::size_t uses(ValueId id) const { return uses_[*id]; }
  [[nodiscard]] bool is_graph_output(ValueId id) const { return is_output_[*id]; }

  [[nodiscard]] bool changed() const { return changed_; }
  // Graph outputs keep their names; where one is or would become an input, a constant or another output, it becomes an
  // Identity of that.
  [[nodiscard]] Graph finish() &&;

 private:
  [[nodiscard]] ValueId resolve(ValueId id) const { return id && forward_[*id] ? forward_[*id] : id; }
  void grow();
  void append(Node node);
  [[nodiscard]] Types completed(Node& node) const;
  void remove_unread(std::vector<ValueId> candidates);
  void hand_over_names();

  Graph graph_;                        // its nodes: those emitted so far; a removed one has no operator
  std::vector<Node> pending_;
  std::size_t next_ = 0;
  std::vector<std::uint32_t> uses_;    // reads by emitted and pending nodes and by the graph's outputs
  std::vector<ValueId> forward_;       // what a replaced value became
  std::vector<std::uint32_t> producer_;  // index + 1 of the emitted node
  std::vector<bool> is_output_;
  std::vector<std::pair<ValueId, std::string>> wanted_names_;  // of constants that had to take another
  std::unordered_map<std::string, std::string> version_of_;    // by the name they took
  bool changed_ = false;
};

}  // namespace mote
