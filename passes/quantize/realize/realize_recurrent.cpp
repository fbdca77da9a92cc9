// LSTM, GRU and RNN in integers: the numbers are lib/quant/recurrence.hpp.
#include <algorithm>
#include <cmath>

#include "lib/ops/results.hpp"
#include "lib/ops/support/recurrent.hpp"
#include "passes/match.hpp"
#include "passes/quantize/realize/realize.hpp"
#include "passes/quantize/recurrent_states.hpp"

namespace mote {
namespace {

// Without calibration cells reach to +-16.
constexpr std::int64_t usual_cell_bits = 11;
constexpr double int32_limit = 2147483647.0;

struct Integers {
  std::vector<ValueId> operands{};
  Attrs attrs{};
  std::vector<Grid> results{};
};

std::string integer_name(const Node& node) {
  if (node.op->name == "LSTM") return "QuantizedLstm";
  return node.op->name == "GRU" ? "QuantizedGru" : "QuantizedRnn";
}

bool is_gru_with_sum(const OpView& op) { return op.node.op->name == "GRU" && op.integer("linear_before_reset") != 0; }

// The rows of all directions with the binary places of their function: the last gate of LSTM and GRU enters g, every
// other one f.
GateRows rows_of(const OpView& op, const Grid& input, const RecurrentTables& tables) {
  const ops::RecurrentShape shape = ops::recurrent_shape(op);
  const std::vector<double> w = op.constant(ops::w_of).to_reals(), r = op.constant(ops::r_of).to_reals();
  const std::vector<double> b =
      op.has_in(ops::b_of) ? op.constant(ops::b_of).to_reals() : std::vector<double>(w.size() + r.size(), 0.0);
  const auto rows = static_cast<std::size_t>(op.in(ops::w_of).shape[1]);
  const auto hidden = static_cast<std::size_t>(shape.hidden), depth = static_cast<std::size_t>(shape.input);
  GateRows gates{.rows = {}, .input = input};
  for (std::size_t i = 0; i < rows * static_cast<std::size_t>(shape.directions); ++i) {
    const std::size_t direction = i / rows, within = i % rows;
    const bool is_last = tables.size() > 1 && within >= rows - hidden;
    const auto part = [](const std::vector<double>& all, std::size_t row, std::size_t count) {
      const auto begin = all.begin() + static_cast<std::ptrdiff_t>(row * count);
      return std::vector<double>(begin, begin + static_cast<std::ptrdiff_t>(count));
    };
    gates.rows.push_back({.w = part(w, i, depth),
                          .r = part(r, i, hidden),
                          .input_bias = b[direction * 2 * rows + within],
                          .state_bias = b[(direction * 2 + 1) * rows + within],
                          .places = tables[is_last ? 1 : 0].places,
                          .splits = is_last && is_gru_with_sum(op)});
  }
  return gates;
}

// Layers of one network share their tables: the constant that holds these elements already, or a new one.
ValueId shared_constant(Rewriter& rewriter, const Tensor& tensor, const std::string& name) {
  const std::vector<Value>& values = rewriter.graph().values;
  for (std::uint32_t i = 0; i < values.size(); ++i)
    if (values[i].is_constant() && values[i].type.dtype == tensor.dtype && values[i].type.shape == tensor.shape &&
        *values[i].data == tensor.bytes)
      return ValueId{i};
  return rewriter.constant(tensor, name);
}

template <class T>
ValueId constant_of(Rewriter& rewriter, DType dtype, const Shape& shape, const std::vector<T>& values,
                    const std::string& name) {
  Tensor tensor = Tensor::zeros(dtype, shape);
  std::ranges::copy(values, tensor.as<T>().begin());
  return rewriter.constant(tensor, name);
}

// A bias for every row of a direction, behind them those of the parts that stand alone.
std::vector<std::int32_t> biases_of(const IntegerGates& gates, std::size_t directions) {
  std::vector<std::int32_t> all;
  for (std::size_t i = 0; i < directions; ++i)
    for (const auto* biases : {&gates.bias, &gates.split_bias}) {
      const std::size_t count = biases->size() / directions;
      const auto begin = biases->begin() + static_cast<std::ptrdiff_t>(i * count);
      all.insert(all.end(), begin, begin + static_cast<std::ptrdiff_t>(count));
    }
  return all;
}

void append_gates(Rewriter& rewriter, const Node& node, const IntegerGates& gates, Integers& result) {
  const Shape w = rewriter.type(node.inputs[ops::w_of]).shape, r = rewriter.type(node.inputs[ops::r_of]).shape;
  const auto name_of = [&](std::size_t operand) { return rewriter.graph().at(node.inputs[operand]).name; };
  const std::string name = rewriter.graph().at(first_result(node)).name;
  const auto by_row = [&](const std::vector<std::int32_t>& values, const std::string& what) {
    const Shape shape = *Shape::make({static_cast<std::int64_t>(values.size())});
    result.operands.push_back(constant_of(rewriter, DType::s32, shape, values, name + what));
  };
  result.operands.push_back(constant_of(rewriter, DType::s8, w, gates.w, name_of(ops::w_of) + "_s8"));
  result.operands.push_back(constant_of(rewriter, DType::s8, r, gates.r, name_of(ops::r_of) + "_s8"));
  by_row(biases_of(gates, static_cast<std::size_t>(w[0])), "_bias");
  by_row(gates.input_multiplier, "_input_multiplier");
  by_row(gates.state_multiplier, "_state_multiplier");
}

// An initial state on `grid`; nothing where it is left out or zero. False: it is real.
bool append_state(Rewriter& rewriter, const Node& node, std::size_t operand, const Grid& grid, Integers& result) {
  const OpView op = rewriter.view(node);
  if (!op.has_in(operand)) {
    result.operands.emplace_back();
    return true;
  }
  if (op.is_constant(operand)) {
    const std::vector<double> reals = op.constant(operand).to_reals();
    const bool is_zero = std::ranges::all_of(reals, [](double real) { return real == 0.0; });
    std::vector<std::int16_t> levels;
    for (const double real : reals) levels.push_back(static_cast<std::int16_t>(grid.level(real)));
    const std::string name = rewriter.graph().at(node.inputs[operand]).name + "_s16";
    result.operands.push_back(is_zero ? ValueId{}
                                      : constant_of(rewriter, DType::s16, op.in(operand).shape, levels, name));
    return true;
  }
  const auto state = stored(rewriter, node.inputs[operand]);
  if (!state) return false;
  const bool is_there = same_levels(state->grid, grid) && rewriter.type(state->levels).dtype == DType::s16;
  result.operands.push_back(is_there ? state->levels : onto_grid(rewriter, *state, grid));
  return true;
}

// The grid of Y, and how hidden states come onto it.
Grid set_output(const Node& node, const SequenceGrids& grids, Integers& result) {
  const auto wanted = node.outputs[0] ? grids.find(*node.outputs[0]) : grids.end();
  Grid grid = wanted == grids.end() ? hidden_state_grid() : wanted->second;
  const auto multiplier = [&] { return std::nearbyint(0x1p15 / static_cast<double>(grid.scale)); };
  if (multiplier() > int32_limit) grid = hidden_state_grid();
  result.attrs["output_multiplier"] = static_cast<std::int64_t>(multiplier());
  result.attrs["zero_point"] = std::int64_t{grid.zero_point};
  result.attrs["lowest"] = std::int64_t{grid.lowest};
  result.attrs["highest"] = std::int64_t{grid.highest};
  result.attrs["output_bits"] = std::int64_t{grid.stored() == DType::s16 ? 16 : 8};
  return grid;
}

bool append_states(Rewriter& rewriter, const Node& node, const RecurrentTables& tables, Integers& result) {
  if (!append_state(rewriter, node, ops::initial_h_of, hidden_state_grid(), result)) return false;
  result.results.push_back(hidden_state_grid());
  const OpView op = rewriter.view(node);
  if (node.op->name != "LSTM") return true;
  const std::int64_t bits = op.has("cell_bits") ? op.integer("cell_bits") : usual_cell_bits;
  result.attrs["cell_bits"] = bits;
  result.attrs["cell_shift"] = tables[2].places - bits;
  result.attrs["input_forget"] = op.integer("input_forget");
  result.results.push_back(cell_grid(bits));
  return append_state(rewriter, node, ops::initial_c_of, cell_grid(bits), result);
}

void replace_results(Rewriter& rewriter, const Node& node, Integers integers) {
  while (!integers.operands.back()) integers.operands.pop_back();
  Node model = node;
  model.op = find_op(integer_name(node));
  MOTE_CHECK(model.op != nullptr);
  const auto levels = rewriter.emit_results_like(model, std::move(integers.operands), std::move(integers.attrs));
  for (std::size_t i = 0; i < levels.size(); ++i)
    if (levels[i])
      rewriter.replace(node.outputs[i], emit_dequantize(rewriter, {.levels = levels[i], .grid = integers.results[i]}));
}

}  // namespace

SequenceGrids sequence_grids(const Graph& graph) {
  SequenceGrids grids;
  std::vector<ValueId> sequence(graph.values.size());  // that a value is, perhaps limited
  for (const Node& node : graph.nodes) {
    if (has_integer_recurrence(graph, node) && node.outputs[0]) sequence[*node.outputs[0]] = node.outputs[0];
    const ValueId limited = node.inputs.empty() || !node.inputs[0] ? ValueId{} : sequence[*node.inputs[0]];
    if (!limited) continue;
    if (node.op->name == "FakeQuantize") grids.emplace(*limited, signed_grid(grid_of_fake_quantize(node)));
    if (node.op->name == "Relu" || node.op->name == "Clip") sequence[*node.outputs[0]] = limited;
  }
  return grids;
}

bool realize_recurrent(Rewriter& rewriter, const Node& current, const SequenceGrids& grids) {
  const Node node = current;
  const auto tables = recurrent_tables(rewriter.graph(), node);
  if (!tables) return false;
  const auto input = stored(rewriter, node.inputs[ops::x_of]);
  const OpView op = rewriter.view(node);
  const auto gates = input ? quantize_gates(rows_of(op, input->grid, *tables)) : std::nullopt;
  if (!gates) return false;
  Integers result{.operands = {input->levels}};
  for (const std::string_view attr : {"direction", "layout"})
    result.attrs[std::string(attr)] = node.attrs.find(attr)->second;
  if (node.op->name == "GRU") result.attrs["linear_before_reset"] = op.integer("linear_before_reset");
  result.attrs["gate_shift"] = gates->gate_shift;
  result.attrs["level_shift"] = gates->level_shift;
  result.results.push_back(set_output(node, grids, result));
  append_gates(rewriter, node, *gates, result);
  for (std::size_t i = 0; i < tables->size(); ++i)
    result.operands.push_back(shared_constant(rewriter, (*tables)[i].values, "function_table"));
  if (!append_states(rewriter, node, *tables, result)) return false;
  replace_results(rewriter, node, std::move(result));
  return true;
}

}  // namespace mote
