#pragma once
#include <algorithm>
#include <vector>

#include "lib/ops/support/recurrent.hpp"

// The reference semantics that RNN, GRU and LSTM share, in single or in double precision.
namespace mote::ops {

template <class T>
struct RecurrentStates {
  std::vector<T> h, c;
};

// One direction of a node: its weights by row of gates.
template <class T>
class RecurrentDirection {
 public:
  RecurrentDirection(const OpView& op, const RecurrentKind& kind, Operands in, std::int64_t index,
                     std::span<const RecurrentActivation> functions)
      : shape(recurrent_shape(op)),
        functions_(functions),
        in_(in),
        index_(index),
        rows_(kind.gates * shape.hidden),
        limit_(op.has("clip") ? std::optional(static_cast<T>(op.real("clip"))) : std::nullopt) {}

  [[nodiscard]] bool has(std::size_t operand) const { return operand < in_.size() && in_[operand] != nullptr; }
  [[nodiscard]] bool backward() const { return shape.backward || index_ == 1; }

  // 0 where the operand is left out.
  [[nodiscard]] T element(std::size_t operand, std::int64_t i) const {
    return has(operand) ? in_[operand]->as<T>()[static_cast<std::size_t>(i)] : T{0};
  }
  [[nodiscard]] T input_bias(std::int64_t row) const { return element(b_of, index_ * 2 * rows_ + row); }
  [[nodiscard]] T state_bias(std::int64_t row) const { return element(b_of, (index_ * 2 + 1) * rows_ + row); }
  [[nodiscard]] T peephole(std::int64_t i) const { return element(peephole_of, index_ * 3 * shape.hidden + i); }

  [[nodiscard]] T add_input(T sum, std::int64_t row, const T* x) const {
    for (std::int64_t k = 0; k < shape.input; ++k)
      sum += x[k] * element(w_of, (index_ * rows_ + row) * shape.input + k);
    return sum;
  }
  [[nodiscard]] T add_state(T sum, std::int64_t row, const std::vector<T>& state) const {
    for (std::int64_t k = 0; k < shape.hidden; ++k)
      sum += state[static_cast<std::size_t>(k)] * element(r_of, (index_ * rows_ + row) * shape.hidden + k);
    return sum;
  }
  // The sum of a gate: both biases, then the input's products, then the state's.
  [[nodiscard]] T sum(std::int64_t row, const T* x, const std::vector<T>& state) const {
    return add_state(add_input(input_bias(row) + state_bias(row), row, x), row, state);
  }
  [[nodiscard]] T activated(std::size_t function, T x) const {
    return activate(functions_[function], limit_ ? std::clamp(x, -*limit_, *limit_) : x);
  }
  [[nodiscard]] T unlimited(std::size_t function, T x) const { return activate(functions_[function], x); }

  [[nodiscard]] RecurrentStates<T> initial(std::int64_t n) const {
    RecurrentStates<T> states;
    for (std::int64_t j = 0; j < shape.hidden; ++j) {
      states.h.push_back(element(initial_h_of, state_offset(n) + j));
      states.c.push_back(element(initial_c_of, state_offset(n) + j));
    }
    return states;
  }
  [[nodiscard]] std::int64_t length(std::int64_t n) const {
    if (!has(lengths_of)) return shape.steps;
    const std::int64_t given = in_[lengths_of]->as<std::int32_t>()[static_cast<std::size_t>(n)];
    return std::clamp<std::int64_t>(given, 0, shape.steps);
  }
  [[nodiscard]] const T* x(std::int64_t n, std::int64_t t) const {
    return in_[x_of]->as<T>().data() + n * shape.x_batch_step() + t * shape.x_step();
  }
  [[nodiscard]] std::int64_t y_offset(std::int64_t n, std::int64_t t) const {
    return n * shape.y_batch_step() + t * shape.y_step() + index_ * shape.direction_step();
  }
  [[nodiscard]] std::int64_t state_offset(std::int64_t n) const {
    return n * shape.state_batch_step() + index_ * shape.direction_step();
  }

  const RecurrentShape shape;

 private:
  std::span<const RecurrentActivation> functions_;
  Operands in_;
  std::int64_t index_, rows_;
  std::optional<T> limit_;
};

template <class T>
void store(const OpView& op, Outputs out, std::size_t output, std::int64_t offset, const std::vector<T>& state) {
  if (op.has_out(output)) std::ranges::copy(state, out[output].as<T>().begin() + offset);
}

// step(direction, x, states) turns the states before a step into those after it.
template <class T, class Step>
void run_recurrent_reference(const OpView& op, const RecurrentKind& kind, Operands in, Outputs out, Step step) {
  const auto functions = recurrent_activations(op, kind);
  MOTE_CHECK(functions);
  const std::int64_t directions = recurrent_shape(op).directions;
  for (std::int64_t index = 0; index < directions; ++index) {
    const std::size_t first = static_cast<std::size_t>(index) * kind.functions.size();
    const RecurrentDirection<T> direction(op, kind, in, index,
                                          std::span(*functions).subspan(first, kind.functions.size()));
    for (std::int64_t n = 0; n < direction.shape.batch; ++n) {
      RecurrentStates<T> states = direction.initial(n);
      const std::int64_t length = direction.length(n);
      for (std::int64_t i = 0; i < length; ++i) {
        const std::int64_t t = direction.backward() ? length - 1 - i : i;
        step(direction, direction.x(n, t), states);
        store(op, out, 0, direction.y_offset(n, t), states.h);
        store(op, out, 3, direction.y_offset(n, t), states.c);
      }
      store(op, out, 1, direction.state_offset(n), states.h);
      store(op, out, 2, direction.state_offset(n), states.c);
    }
  }
}

}  // namespace mote::ops
