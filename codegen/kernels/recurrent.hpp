// What recurrent layers of floats and of integers share: the way along the sequence.
//
// Every batch row starts from its initial state and takes one step of the cell after the other. The backward direction
// starts at the last step; its outputs lie where their inputs lie. A row of `length` steps gives zeros behind them.
//   x        step t of row n at n * x_batch_step + t * x_step
//   y        what `store` makes of the state after step t at n * y_batch_step + t * y_step; may be nullptr
//   lengths  [batch], limited to 0 .. steps, or nullptr: all steps of every row
//   initial  the hidden state of row n at n * state_batch_step, or nullptr: zeros
//   y_h      the last hidden state of row n at n * state_batch_step, or nullptr: it lives in `own_hidden` [hidden]
//   next     [hidden] for the state that a step computes, because it reads the old one to its end
// A cell has start(n) and step(x, hidden, next).
#ifndef MOTE_KERNELS_RECURRENT_HPP
#define MOTE_KERNELS_RECURRENT_HPP
#include "operand.hpp"

namespace MOTE_NAMESPACE {

template <class T, class Initial>
struct RecurrentState {
  Initial initial;
  T* y_h;
  T* own_hidden;
  T* next;
};

template <class G, class T, class X, class Lengths, class Initial, class Cell, class Y, class Store>
inline void run_recurrent(bool backward, X x, Lengths lengths, RecurrentState<T, Initial> state, Cell cell, Y y,
                          Store store) {
  for (int32_t n = 0; n < G::batch; ++n) {
    T* const hidden = state.y_h != nullptr ? state.y_h + n * G::state_batch_step : state.own_hidden;
    for (int32_t j = 0; j < G::hidden; ++j) {
      hidden[j] = element_or(state.initial, n * G::state_batch_step + j, static_cast<T>(0));
    }
    cell.start(n);
    const int32_t length = clamp<int32_t>(element_or(lengths, n, static_cast<int32_t>(G::steps)), 0, G::steps);
    for (int32_t step = 0; step < length; ++step) {
      const int32_t t = backward ? length - 1 - step : step;
      cell.step(x + (n * G::x_batch_step + t * G::x_step), hidden, state.next);
      memcpy(hidden, state.next, static_cast<size_t>(G::hidden) * sizeof(T));
      store(hidden, operand_from(y, n * G::y_batch_step + t * G::y_step));
    }
    for (int32_t j = 0; j < G::hidden && length < G::steps; ++j) { state.next[j] = static_cast<T>(0); }
    for (int32_t t = length; t < G::steps; ++t) {
      store(state.next, operand_from(y, n * G::y_batch_step + t * G::y_step));
    }
  }
}

// What the second direction writes lies behind what the first does.
template <class T>
MOTE_ALWAYS_INLINE T* behind(T* pointer, int32_t count) {
  return pointer == nullptr ? nullptr : pointer + count;
}

}  // namespace MOTE_NAMESPACE

#endif
