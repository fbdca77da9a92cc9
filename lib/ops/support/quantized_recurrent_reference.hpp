#pragma once
#include <algorithm>
#include <vector>

#include "lib/ops/support/floor_divide.hpp"
#include "lib/ops/support/quantized_recurrent.hpp"

// The reference semantics that QuantizedRnn, QuantizedGru and QuantizedLstm share, in plain 64-bit integers: shares
// nothing with the kernels.
namespace mote::ops {

using Levels = std::vector<std::int64_t>;

inline constexpr std::int64_t state_unit = 32768;  // levels of a hidden state or a function's value per 1

// The quotient by 2^15, rounded to the nearest, halves upwards.
[[nodiscard]] inline std::int64_t to_state(std::int64_t product) {
  return floor_divide(product + state_unit / 2, state_unit);
}

// What a node computes with, as integers.
struct QuantizedRecurrence {
  QuantizedRecurrence(const OpView& op, const QuantizedRecurrentKind& kind, Operands in)
      : shape(recurrent_shape(op)),
        rows(kind.gates * shape.hidden),
        shift(op.integer("gate_shift")),
        level_unit(std::int64_t{1} << op.integer("level_shift")) {
    for (const Tensor* operand : in) operands.push_back(operand == nullptr ? Levels{} : operand->to_integers());
    operands.resize(kind.operands());
    biases = static_cast<std::int64_t>(operands[bias_of_gates].size()) / shape.directions;
  }

  [[nodiscard]] std::int64_t at(std::size_t operand, std::int64_t i) const {
    return operands[operand][static_cast<std::size_t>(i)];
  }
  [[nodiscard]] std::int64_t input_part(std::int64_t row, std::int64_t x) const {
    std::int64_t sum = 0;
    for (std::int64_t k = 0; k < shape.input; ++k) sum += at(x_of, x + k) * at(w_of, row * shape.input + k);
    return sum * at(input_multiplier_of, row);
  }
  [[nodiscard]] std::int64_t state_part(std::int64_t row, const Levels& state) const {
    std::int64_t sum = 0;
    for (std::int64_t k = 0; k < shape.hidden; ++k)
      sum += state[static_cast<std::size_t>(k)] * at(r_of, row * shape.hidden + k);
    return sum * at(state_multiplier_of, row);
  }
  [[nodiscard]] std::int64_t level(std::int64_t products, std::int64_t bias) const {
    return floor_divide(floor_divide(products, std::int64_t{1} << shift) + at(bias_of_gates, bias), level_unit);
  }
  // The value of function `index` between the two entries of its table that enclose a level.
  [[nodiscard]] std::int64_t function(std::size_t index, std::int64_t level) const {
    const std::int64_t limited = std::clamp<std::int64_t>(level, -32768, 32767);
    const std::int64_t entry = floor_divide(limited, 128), beyond = limited - entry * 128;
    const std::size_t table = first_table_of + index;
    return floor_divide(at(table, entry + 256) * (128 - beyond) + at(table, entry + 257) * beyond + 64, 128);
  }
  [[nodiscard]] Levels initial(std::size_t operand, std::int64_t first) const {
    if (operands[operand].empty()) return Levels(static_cast<std::size_t>(shape.hidden), 0);
    const auto begin = operands[operand].begin() + first;
    return {begin, begin + shape.hidden};
  }

  RecurrentShape shape;
  std::int64_t rows, shift, level_unit, biases = 0;
  std::vector<Levels> operands{};
};

// One step of one direction: where its rows begin, where x of this step begins.
struct QuantizedStep {
  const QuantizedRecurrence& layer;
  std::int64_t direction = 0, x = 0;

  [[nodiscard]] std::int64_t row(std::int64_t gate, std::int64_t unit) const {
    return direction * layer.rows + gate * layer.shape.hidden + unit;
  }
  [[nodiscard]] std::int64_t bias(std::int64_t gate, std::int64_t unit) const {
    return direction * layer.biases + gate * layer.shape.hidden + unit;
  }
  [[nodiscard]] std::int64_t gate(std::size_t function, std::int64_t index, std::int64_t unit,
                                  const Levels& state) const {
    const std::int64_t at = row(index, unit);
    return layer.function(function,
                          layer.level(layer.input_part(at, x) + layer.state_part(at, state), bias(index, unit)));
  }
};

inline void store_states(Tensor& to, std::int64_t first, const Levels& states) {
  visit_dtype(to.dtype, [&]<class T>() {
    for (std::size_t j = 0; j < states.size(); ++j)
      to.as<T>()[static_cast<std::size_t>(first) + j] = static_cast<T>(states[j]);
  });
}

// Hidden states as levels of Y.
[[nodiscard]] inline Levels output_levels(const OpView& op, const Levels& hidden) {
  const Interval clamp = output_limits(op)->clamp;
  Levels levels;
  for (const std::int64_t state : hidden) {
    const std::int64_t rounded =
        floor_divide(state * op.integer("output_multiplier") + (std::int64_t{1} << 29), std::int64_t{1} << 30);
    levels.push_back(std::clamp(rounded + op.integer("zero_point"), clamp.lowest, clamp.highest));
  }
  return levels;
}

// step(QuantizedStep, hidden, cell) turns the states before a step into those after it.
template <class Step>
void run_quantized_reference(const OpView& op, const QuantizedRecurrentKind& kind, Operands in, Outputs out,
                             Step step) {
  const QuantizedRecurrence layer(op, kind, in);
  const RecurrentShape& shape = layer.shape;
  for (std::int64_t direction = 0; direction < shape.directions; ++direction)
    for (std::int64_t n = 0; n < shape.batch; ++n) {
      const std::int64_t state = n * shape.state_batch_step() + direction * shape.direction_step();
      Levels hidden = layer.initial(kind.initial_h(), state);
      Levels cell = kind.has_cell ? layer.initial(kind.initial_h() + 1, state) : Levels{};
      for (std::int64_t i = 0; i < shape.steps; ++i) {
        const std::int64_t t = shape.backward || direction == 1 ? shape.steps - 1 - i : i;
        step(QuantizedStep{layer, direction, n * shape.x_batch_step() + t * shape.x_step()}, hidden, cell);
        if (op.has_out(0))
          store_states(out[0], n * shape.y_batch_step() + t * shape.y_step() + direction * shape.direction_step(),
                       output_levels(op, hidden));
      }
      if (op.has_out(1)) store_states(out[1], state, hidden);
      if (op.has_out(2)) store_states(out[2], state, cell);
    }
}

}  // namespace mote::ops
