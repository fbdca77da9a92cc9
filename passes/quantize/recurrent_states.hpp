#pragma once
#include <optional>
#include <vector>

#include "lib/ir/graph.hpp"
#include "lib/quant/recurrence.hpp"

// Recurrent layers between float graph and integers: which have an integer form, and what their states need.
namespace mote {

// The tables of a layer's functions, in ONNX's order; both directions share them.
using RecurrentTables = std::vector<FunctionTable>;

// Of an LSTM, GRU or RNN with constant weights, rows of full length, no peepholes, and functions that tables hold;
// nothing for every other node.
[[nodiscard]] std::optional<RecurrentTables> recurrent_tables(const Graph& graph, const Node& node);
[[nodiscard]] inline bool has_integer_recurrence(const Graph& graph, const Node& node) {
  return recurrent_tables(graph, node).has_value();
}

// What a value is to a recurrent layer. States take 16 bits: they carry what hundreds of steps add up.
enum class StateRole : std::uint8_t { none, hidden, cell };
struct RecurrentState {
  ValueId value{};
  StateRole role = StateRole::none;
};
// The initial and final states of a layer that has an integer form, and its cells (below).
[[nodiscard]] std::vector<RecurrentState> states_of(const Graph& graph, const Node& node);

// The grid of states of this range: cells keep whole binary places, hidden states 2^-15 as long as they are the values
// of a function.
[[nodiscard]] Grid state_grid(StateRole role, double low, double high);

// Every LSTM with an integer form gives its cells as a fourth result, after all values there are: to be observed.
[[nodiscard]] Graph with_watched_cells(Graph graph);

}  // namespace mote
