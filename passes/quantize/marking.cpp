#include "passes/quantize/marking.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <string_view>

#include "lib/ops/support/resample_form.hpp"
#include "passes/match.hpp"
#include "passes/quantize/element_cone.hpp"

namespace mote {
namespace {

// Operators with an integer form that ends in clamps.
constexpr std::array<std::string_view, 11> arithmetic{"Conv2d", "DepthwiseConv2d", "Dense", "Add", "Sub", "Mul",
                                                      "MatMul", "Normalize", "AveragePool2d", "ReduceMean", "ReduceSum"};
// Operators whose result lies on the grid of their operands: what lies between two levels is one of those in between.
bool stays_on_grid(const Graph& graph, const Node& node) {
  const std::string_view op = node.op->name;
  return moves_elements(op) || op == "Concat" || op == "Pad" ||
         (op == "Resample2d" && ops::is_interpolation({graph, node}));
}
constexpr std::array<std::string_view, 2> clamps{"Relu", "Clip"};
constexpr std::array<std::string_view, 2> positions{"ArgMax", "ArgMin"};
constexpr std::array<std::string_view, 4> comparisons{"Greater", "GreaterOrEqual", "Less", "LessOrEqual"};

class Marker {
 public:
  explicit Marker(const Graph& graph)
      : graph_(graph), producers_(graph.values.size(), nullptr), readers_(graph.values.size()),
        is_output_(graph.values.size(), false) {
    for (const Node& node : graph.nodes) {
      for (const ValueId id : node.outputs)
        if (id) producers_[*id] = &node;
      for (const ValueId id : node.inputs)
        if (id) readers_[*id].push_back(&node);
    }
    for (const ValueId id : graph.outputs) is_output_[*id] = true;
    marking_.marked.assign(graph.values.size(), false);
    marking_.probabilities.assign(graph.values.size(), false);
    marking_.group.resize(graph.values.size());
    std::iota(marking_.group.begin(), marking_.group.end(), std::size_t{0});
  }

  Marking run() && {
    for (const Node& node : graph_.nodes)
      if (has_integer_recurrence(graph_, node)) recurrent_.push_back(&node);
    for (const ValueId id : graph_.inputs) mark_if_needed(id);
    for (const Node& node : graph_.nodes) {
      if (moves(node)) {
        share_grid(node);
        continue;
      }
      for (const ValueId id : node.outputs)
        if (id) mark_if_needed(id);
    }
    mark_states();
    for (std::size_t i = 0; i < marking_.group.size(); ++i) marking_.group[i] = root(i);
    return std::move(marking_);
  }

 private:
  [[nodiscard]] bool is_real(ValueId id) const {
    return graph_.at(id).type.dtype == DType::f32 && !graph_.at(id).is_constant();
  }
  [[nodiscard]] bool is_quantized(ValueId id) const {
    const Node* node = producers_[*id];
    return node != nullptr && (node->op->name == "FakeQuantize" || node->op->name == "DequantizeLinear");
  }
  [[nodiscard]] bool on_grid(ValueId id) const { return marking_.marked[*id] || is_quantized(id) || follows(id); }
  [[nodiscard]] bool follows(ValueId id) const { return producers_[*id] != nullptr && moves(*producers_[*id]); }

  // All operands on grids that may be made one.
  [[nodiscard]] bool moves(const Node& node) const {
    if (!stays_on_grid(graph_, node) || node.inputs.empty() || !is_real(node.inputs[0])) return false;
    const std::size_t operands = node.op->name == "Concat" ? node.inputs.size() : 1;
    for (std::size_t i = 0; i < operands; ++i) {
      const ValueId id = node.inputs[i];
      const bool may_share = operands == 1 || (is_real(id) && !is_quantized(id) && !marking_.probabilities[*id]);
      if (!may_share || !on_grid(id)) return false;
    }
    return true;
  }

  std::size_t root(std::size_t value) {
    while (marking_.group[value] != value) value = marking_.group[value] = marking_.group[marking_.group[value]];
    return value;
  }
  void share_grid(const Node& node) {
    const std::size_t first = root(*node.inputs[0]);
    const std::size_t operands = node.op->name == "Concat" ? node.inputs.size() : 1;
    for (std::size_t i = 1; i < operands; ++i) marking_.group[root(*node.inputs[i])] = first;
    for (const ValueId id : node.outputs)
      if (id) marking_.group[root(*id)] = first;
  }

  // Cells of one layer share a grid. A state that is also a hidden one elsewhere counts as a cell.
  void mark_states() {
    marking_.states.assign(graph_.values.size(), StateRole::none);
    for (const Node* node : recurrent_) {
      std::optional<std::size_t> cells;
      for (const RecurrentState& state : states_of(graph_, *node)) {
        const bool is_watched = node->outputs.size() > 3 && state.value == node->outputs[3];
        if (is_watched) marking_.marked[*state.value] = true;
        if (is_quantized(state.value) || !on_grid(state.value)) continue;
        if (state.role == StateRole::cell && cells) marking_.group[root(*cells)] = root(*state.value);
        if (state.role == StateRole::cell) cells = *state.value;
      }
    }
    for (const Node* node : recurrent_)
      for (const RecurrentState& state : states_of(graph_, *node))
        marking_.states[root(*state.value)] = std::max(marking_.states[root(*state.value)], state.role);
  }

  // A sum with a constant, as classifiers compare their scores; what is compared otherwise stays as exact as it is.
  [[nodiscard]] bool compares_sums(const Node& node) const {
    if (!is_one_of(node.op->name, comparisons) || !graph_.at(node.inputs[1]).is_constant()) return false;
    const Node* sum = producers_[*node.inputs[0]];
    return sum != nullptr && is_one_of(sum->op->name, arithmetic);
  }

  [[nodiscard]] bool has_integer_form(const Node& node) const {
    return std::ranges::find(recurrent_, &node) != recurrent_.end() ||
           is_one_of(node.op->name, arithmetic) || stays_on_grid(graph_, node) ||
           is_one_of(node.op->name, positions) || compares_sums(node) || node.op->name == "Softmax" || node.op->name == "RadialKernel" || is_cone_node(graph_, node);
  }

  [[nodiscard]] std::optional<ElementCone> cone_of(ValueId id) const {
    return element_cone(
        graph_, id, [&](ValueId value) { return producers_[*value]; }, [&](ValueId value) { return on_grid(value); });
  }

  // Every reader continues the cone that this value ends.
  [[nodiscard]] bool is_inside_cone(ValueId id) const {
    const auto cone = cone_of(id);
    if (!cone || is_output_[*id] || readers_[*id].empty()) return false;
    return std::ranges::all_of(readers_[*id], [&](const Node* reader) {
      if (!is_cone_node(graph_, *reader)) return false;
      const auto wider = cone_of(reader->outputs[0]);
      return wider && wider->source == cone->source;
    });
  }

  [[nodiscard]] bool is_clamped_next(ValueId id) const {
    const Node* node = producers_[*id];
    return node != nullptr && is_one_of(node->op->name, arithmetic) && !is_output_[*id] && readers_[*id].size() == 1 &&
           is_one_of(readers_[*id][0]->op->name, clamps);
  }

  void mark_if_needed(ValueId id) {
    if (!is_real(id) || is_quantized(id)) return;
    const auto by_model = [](const Node* reader) {
      return reader->op->name == "FakeQuantize" || reader->op->name == "QuantizeLinear";
    };
    const auto& readers = readers_[*id];
    if (!readers.empty() && std::ranges::all_of(readers, by_model)) return;
    const bool is_read = std::ranges::any_of(readers, [&](const Node* reader) { return has_integer_form(*reader); });
    const bool is_given = producers_[*id] != nullptr && has_integer_form(*producers_[*id]);
    if (!is_read && !(is_given && is_output_[*id])) return;
    if (is_clamped_next(id) || is_inside_cone(id)) return;
    marking_.marked[*id] = true;
    marking_.probabilities[*id] = producers_[*id] != nullptr && producers_[*id]->op->name == "Softmax";
  }

  const Graph& graph_;
  std::vector<const Node*> producers_;
  std::vector<std::vector<const Node*>> readers_;
  std::vector<bool> is_output_;
  std::vector<const Node*> recurrent_{};  // those with an integer form
  Marking marking_{};
};

}  // namespace

Marking mark_activations(const Graph& graph) { return Marker(graph).run(); }

}  // namespace mote
