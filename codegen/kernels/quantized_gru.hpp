// Gated recurrent unit of integers: quantized_recurrent.hpp says what levels, tables and states are.
//
//   x [steps][batch][input] s8 or s16   w, r as in gru_f32.hpp, s8   input_multiplier, state_multiplier [3 * hidden]
//   bias [3 * hidden], with resets_sum [4 * hidden]: behind the three gates' those of the state's part of the last one
//   f, g: tables   initial_h [batch][hidden] s16 or nullptr (zeros)
//   y [steps][batch][hidden] s8 or s16, y_h [batch][hidden] s16, each may be nullptr   scratch: int16_t, see below
//   quantized_gru_bidirectional: as gru_bidirectional_f32; both directions share the tables.
// Geometry: as in quantized_lstm.hpp without the cell's; resets_sum (bool) in place of couples.
// scratch: hidden elements, as many again without y_h, and again where resets_sum is false.
//
// Value: z and r are table values of their gates. resets_sum: n = g(level of x's part + (r u + 2^14) >> 15), u the
// level of
//   the state's part, limited to 17 bits; else n = g(gate of x and of (r h + 2^14) >> 15).
//   h' = ((2^15 - z) n + z h + 2^14) >> 15.
#ifndef MOTE_KERNELS_QUANTIZED_GRU_HPP
#define MOTE_KERNELS_QUANTIZED_GRU_HPP
#include "quantized_recurrent.hpp"

namespace MOTE_NAMESPACE {

struct GruTables {
  constant_pointer<int16_t> f;
  constant_pointer<int16_t> g;
};

template <class G>
struct QuantizedGruCell {
  RecurrentLevels levels;
  GruTables tables;
  int16_t* reset;  // r h, where the whole of it is needed before the first n

  void start(int32_t) {}

  template <class X>
  int32_t gate(int32_t index, int32_t j, X x, const int16_t* hidden) const {
    return function_value(tables.f, gate_level_of<G>(levels, index * G::hidden + j, x, hidden));
  }

  template <class X>
  int32_t candidate(int32_t j, X x, const int16_t* hidden) const {
    const int32_t row = 2 * G::hidden + j;
    if (!G::resets_sum) { return function_value(tables.g, gate_level_of<G>(levels, row, x, reset)); }
    const int32_t from_input = gate_level<G>(input_products<G>(levels, row, x), levels.bias[row]);
    const int32_t from_state = gate_level<G>(state_products<G>(levels, row, hidden), levels.bias[row + G::hidden]);
    const int32_t kept = gate(1, j, x, hidden) * clamp<int32_t>(from_state, -65536, 65535) + 16384;
    return function_value(tables.g, from_input + shift_right(kept, 15));
  }

  template <class X>
  void step(X x, const int16_t* hidden, int16_t* next) const {
    for (int32_t j = 0; j < G::hidden && !G::resets_sum; ++j) {
      reset[j] = static_cast<int16_t>(shift_right(gate(1, j, x, hidden) * hidden[j] + 16384, 15));
    }
    for (int32_t j = 0; j < G::hidden; ++j) {
      const int32_t z = gate(0, j, x, hidden);
      next[j] = static_cast<int16_t>(shift_right((32768 - z) * candidate(j, x, hidden) + z * hidden[j] + 16384, 15));
    }
  }
};

template <class G, class X, class H0, class Y>
inline void quantized_gru_direction(bool backward, X x, RecurrentLevels levels, GruTables tables, H0 initial_h, Y y,
                                    int16_t* y_h, uint8_t* scratch) {
  int16_t* const next = static_cast<int16_t*>(static_cast<void*>(scratch));
  int16_t* const own_hidden = next + G::hidden;
  int16_t* const reset = y_h != nullptr ? own_hidden : own_hidden + G::hidden;
  run_recurrent<G>(backward, x, nullptr, RecurrentState<int16_t, H0>{initial_h, y_h, own_hidden, next},
                   QuantizedGruCell<G>{levels, tables, reset}, y, StoreLevels<G>{});
}

template <class G, class X, class H0, class Y>
inline void quantized_gru(G, X x, constant_pointer<int8_t> w, constant_pointer<int8_t> r,
                          constant_pointer<int32_t> bias, constant_pointer<int32_t> input_multiplier,
                          constant_pointer<int32_t> state_multiplier, constant_pointer<int16_t> f,
                          constant_pointer<int16_t> g, H0 initial_h, Y y, int16_t* y_h, uint8_t* scratch) {
  quantized_gru_direction<G>(G::backward, x, RecurrentLevels{w, r, bias, input_multiplier, state_multiplier},
                             GruTables{f, g}, initial_h, y, y_h, scratch);
}

template <class G, class X, class H0, class Y>
inline void quantized_gru_bidirectional(G, X x, constant_pointer<int8_t> w, constant_pointer<int8_t> r,
                                        constant_pointer<int32_t> bias, constant_pointer<int32_t> input_multiplier,
                                        constant_pointer<int32_t> state_multiplier, constant_pointer<int16_t> f,
                                        constant_pointer<int16_t> g, H0 initial_h, Y y, int16_t* y_h,
                                        uint8_t* scratch) {
  const RecurrentLevels first{w, r, bias, input_multiplier, state_multiplier};
  const int32_t state = G::state_direction_step, biases = (G::resets_sum ? 4 : 3) * G::hidden;
  quantized_gru_direction<G>(false, x, first, GruTables{f, g}, initial_h, y, y_h, scratch);
  quantized_gru_direction<G>(true, x, first.template behind<G>(3 * G::hidden, biases), GruTables{f, g},
                             operand_from(initial_h, state), operand_from(y, G::y_direction_step), behind(y_h, state),
                             scratch);
}

}  // namespace MOTE_NAMESPACE

#endif
