// Long short-term memory of integers: quantized_recurrent.hpp says what levels, tables and states are.
//
//   x [steps][batch][input] s8 or s16   w, r as in lstm_f32.hpp, s8   bias, input_multiplier, state_multiplier
//   [4 * hidden]   f, g, h: tables   initial_h, initial_c [batch][hidden] s16 or nullptr (zeros)
//   y [steps][batch][hidden] s8 or s16, y_h, y_c [batch][hidden] s16, each may be nullptr   scratch: int16_t, see below
//   quantized_lstm_bidirectional: as lstm_bidirectional_f32; both directions share the tables.
// Geometry: steps, batch, input, hidden, x_step, x_batch_step, y_step, y_batch_step, state_batch_step, gate_shift,
//   level_shift, output_multiplier, zero_point, lowest, highest, cell_bits, cell_shift (int32_t), backward, couples
//   (bool); bidirectional: y_direction_step, state_direction_step (int32_t).
// scratch: hidden elements, as many again without y_h, and again without y_c.
//
// Value, with the cell c in 2^-cell_bits: i, f, o, d are table values of the gates, f = 2^15 - i where they are
// coupled;
//   c' = limited to 16 bits (f c + floor(i d / 2^(15 - cell_bits)) + 2^14) >> 15, h' = (o h(c' * 2^cell_shift) + 2^14)
//   >> 15.
#ifndef MOTE_KERNELS_QUANTIZED_LSTM_HPP
#define MOTE_KERNELS_QUANTIZED_LSTM_HPP
#include "quantized_recurrent.hpp"

namespace MOTE_NAMESPACE {

struct LstmTables {
  constant_pointer<int16_t> f;
  constant_pointer<int16_t> g;
  constant_pointer<int16_t> h;
};

// A cell as a level of the table h; at most one of the shifts does something.
template <class G>
MOTE_ALWAYS_INLINE int32_t cell_level(int32_t cell) {
  const int32_t left = G::cell_shift > 0 ? G::cell_shift : 0, right = G::cell_shift < 0 ? -G::cell_shift : 0;
  return shift_right(shift_left(cell, left), right);
}

template <class G, class C0>
struct QuantizedLstmCell {
  RecurrentLevels levels;
  LstmTables tables;
  C0 initial_c;
  int16_t* y_c;
  int16_t* own_cell;
  int16_t* cell;

  void start(int32_t n) {
    cell = y_c != nullptr ? y_c + n * G::state_batch_step : own_cell;
    for (int32_t j = 0; j < G::hidden; ++j) {
      cell[j] = element_or(initial_c, n * G::state_batch_step + j, static_cast<int16_t>(0));
    }
  }

  template <class X>
  void step(X x, const int16_t* hidden, int16_t* next) {
    for (int32_t j = 0; j < G::hidden; ++j) {
      const int32_t i = function_value(tables.f, gate_level_of<G>(levels, j, x, hidden));
      const int32_t o = function_value(tables.f, gate_level_of<G>(levels, G::hidden + j, x, hidden));
      const int32_t f =
          G::couples ? 32768 - i : function_value(tables.f, gate_level_of<G>(levels, 2 * G::hidden + j, x, hidden));
      const int32_t d = function_value(tables.g, gate_level_of<G>(levels, 3 * G::hidden + j, x, hidden));
      const int32_t kept = f * cell[j] + shift_right(i * d, 15 - G::cell_bits) + 16384;
      cell[j] = clamp_to<int16_t>(shift_right(kept, 15), -32768, 32767);
      next[j] = static_cast<int16_t>(shift_right(o * function_value(tables.h, cell_level<G>(cell[j])) + 16384, 15));
    }
  }
};

template <class G, class X, class H0, class C0, class Y>
inline void quantized_lstm_direction(bool backward, X x, RecurrentLevels levels, LstmTables tables, H0 initial_h,
                                     C0 initial_c, Y y, int16_t* y_h, int16_t* y_c, uint8_t* scratch) {
  int16_t* const next = static_cast<int16_t*>(static_cast<void*>(scratch));
  int16_t* const own_hidden = next + G::hidden;
  int16_t* const own_cell = y_h != nullptr ? own_hidden : own_hidden + G::hidden;
  run_recurrent<G>(backward, x, nullptr, RecurrentState<int16_t, H0>{initial_h, y_h, own_hidden, next},
                   QuantizedLstmCell<G, C0>{levels, tables, initial_c, y_c, own_cell, own_cell}, y, StoreLevels<G>{});
}

template <class G, class X, class H0, class C0, class Y>
inline void quantized_lstm(G, X x, constant_pointer<int8_t> w, constant_pointer<int8_t> r,
                           constant_pointer<int32_t> bias, constant_pointer<int32_t> input_multiplier,
                           constant_pointer<int32_t> state_multiplier, constant_pointer<int16_t> f,
                           constant_pointer<int16_t> g, constant_pointer<int16_t> h, H0 initial_h, C0 initial_c, Y y,
                           int16_t* y_h, int16_t* y_c, uint8_t* scratch) {
  quantized_lstm_direction<G>(G::backward, x, RecurrentLevels{w, r, bias, input_multiplier, state_multiplier},
                              LstmTables{f, g, h}, initial_h, initial_c, y, y_h, y_c, scratch);
}

template <class G, class X, class H0, class C0, class Y>
inline void quantized_lstm_bidirectional(G, X x, constant_pointer<int8_t> w, constant_pointer<int8_t> r,
                                         constant_pointer<int32_t> bias, constant_pointer<int32_t> input_multiplier,
                                         constant_pointer<int32_t> state_multiplier, constant_pointer<int16_t> f,
                                         constant_pointer<int16_t> g, constant_pointer<int16_t> h, H0 initial_h,
                                         C0 initial_c, Y y, int16_t* y_h, int16_t* y_c, uint8_t* scratch) {
  const RecurrentLevels first{w, r, bias, input_multiplier, state_multiplier};
  const int32_t state = G::state_direction_step;
  quantized_lstm_direction<G>(false, x, first, LstmTables{f, g, h}, initial_h, initial_c, y, y_h, y_c, scratch);
  quantized_lstm_direction<G>(true, x, first.template behind<G>(4 * G::hidden, 4 * G::hidden), LstmTables{f, g, h},
                              operand_from(initial_h, state), operand_from(initial_c, state),
                              operand_from(y, G::y_direction_step), behind(y_h, state), behind(y_c, state), scratch);
}

}  // namespace MOTE_NAMESPACE

#endif
