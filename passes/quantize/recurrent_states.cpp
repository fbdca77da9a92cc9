#include "passes/quantize/recurrent_states.hpp"

#include <algorithm>
#include <array>

#include "lib/ops/support/recurrent.hpp"
#include "passes/match.hpp"

namespace mote {
namespace {

constexpr std::string_view lstm_functions[] = {"f", "g", "h"};
constexpr std::string_view lstm_defaults[] = {"Sigmoid", "Tanh", "Tanh"};
constexpr std::string_view rnn_defaults[] = {"Tanh"};

struct Form {
  std::string_view op;
  ops::RecurrentKind kind;
  bool shares;  // f gives shares of something
};
const std::array forms{
    Form{"GRU",
         {.gates = 3, .functions = std::span(lstm_functions).first(2), .defaults = std::span(lstm_defaults).first(2)},
         true},
    Form{"LSTM", {.gates = 4, .functions = lstm_functions, .defaults = lstm_defaults, .has_cell = true}, true},
    Form{"RNN", {.gates = 1, .functions = std::span(lstm_functions).first(1), .defaults = rnn_defaults}, false}};

const Form* form_of(const Node& node) {
  const auto found = std::ranges::find(forms, node.op->name, &Form::op);
  return found == forms.end() ? nullptr : &*found;
}

bool has_plain_operands(const OpView& op) {
  const bool has_weights = op.is_constant(ops::w_of) && op.is_constant(ops::r_of);
  const bool has_bias = !op.has_in(ops::b_of) || op.is_constant(ops::b_of);
  return has_weights && has_bias && !op.has_in(ops::lengths_of) && !op.has_in(ops::peephole_of);
}

bool alike(const ops::RecurrentActivation& a, const ops::RecurrentActivation& b) {
  return a.kind == b.kind && a.alpha == b.alpha && a.beta == b.beta;
}

}  // namespace

std::optional<RecurrentTables> recurrent_tables(const Graph& graph, const Node& node) {
  const Form* form = form_of(node);
  const OpView op{graph, node};
  if (form == nullptr || !has_plain_operands(op)) return std::nullopt;
  const auto activations = ops::recurrent_activations(op, form->kind);
  MOTE_CHECK(activations);
  const std::size_t count = form->kind.functions.size();
  for (std::size_t i = count; i < activations->size(); ++i)
    if (!alike((*activations)[i], (*activations)[i - count])) return std::nullopt;
  const double limit = op.has("clip") ? static_cast<double>(op.real("clip")) : std::numeric_limits<double>::infinity();
  RecurrentTables tables;
  for (std::size_t i = 0; i < count; ++i) {
    // What enters h is not limited.
    const double most = i == 2 ? std::numeric_limits<double>::infinity() : limit;
    auto table = function_table([&](double x) { return ops::activate((*activations)[i], std::clamp(x, -most, most)); },
                                form->shares && i == 0 ? 0.0 : -1.0);
    if (!table) return std::nullopt;
    tables.push_back(*std::move(table));
  }
  return tables;
}

std::vector<RecurrentState> states_of(const Graph& graph, const Node& node) {
  std::vector<RecurrentState> states;
  if (!has_integer_recurrence(graph, node)) return states;
  const OpView op{graph, node};
  const auto add_input = [&](std::size_t i, StateRole role) {
    if (op.has_in(i) && !op.is_constant(i)) states.push_back({.value = node.inputs[i], .role = role});
  };
  const auto add_output = [&](std::size_t i, StateRole role) {
    if (op.has_out(i)) states.push_back({.value = node.outputs[i], .role = role});
  };
  add_input(ops::initial_h_of, StateRole::hidden);
  add_output(1, StateRole::hidden);
  if (!form_of(node)->kind.has_cell) return states;
  add_input(ops::initial_c_of, StateRole::cell);
  add_output(2, StateRole::cell);
  add_output(3, StateRole::cell);
  return states;
}

Grid state_grid(StateRole role, double low, double high) {
  const double largest = std::max(-low, high);
  if (role == StateRole::cell) return cell_grid(cell_places(largest));
  return largest <= 1.0 ? hidden_state_grid() : activation_grid(low, high, 16);
}

Graph with_watched_cells(Graph graph) {
  for (Node& node : graph.nodes) {
    if (node.op->name != "LSTM" || !has_integer_recurrence(graph, node)) continue;
    const OpView op{graph, node};
    const TensorType type{
        .dtype = DType::f32, .shape = *Shape::make(ops::recurrent_shape(op).y_extents()), .quant = {}};
    node.outputs.resize(4);
    node.outputs[3] = graph.add_value(node.origin.node + "_cells", type);
  }
  return graph;
}

}  // namespace mote
