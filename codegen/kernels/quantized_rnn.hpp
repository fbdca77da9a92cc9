// Plain recurrent layer of integers: quantized_recurrent.hpp says what levels, tables and states are.
//
//   x [steps][batch][input] s8 or s16   w, r as in rnn_f32.hpp, s8   bias, input_multiplier, state_multiplier [hidden]
//   f: table   initial_h [batch][hidden] s16 or nullptr (zeros)
//   y [steps][batch][hidden] s8 or s16, y_h [batch][hidden] s16, each may be nullptr   scratch: int16_t, see below
//   quantized_rnn_bidirectional: as rnn_bidirectional_f32; both directions share the table.
// Geometry: as in quantized_lstm.hpp without the cell's and without couples.
// scratch: hidden elements, as many again without y_h.
//
// Value: h' is the table's value of the gate.
#ifndef MOTE_KERNELS_QUANTIZED_RNN_HPP
#define MOTE_KERNELS_QUANTIZED_RNN_HPP
#include "quantized_recurrent.hpp"

namespace MOTE_NAMESPACE {

template <class G>
struct QuantizedRnnCell {
  RecurrentLevels levels;
  constant_pointer<int16_t> f;

  void start(int32_t) {}

  template <class X>
  void step(X x, const int16_t* hidden, int16_t* next) const {
    for (int32_t j = 0; j < G::hidden; ++j) {
      next[j] = static_cast<int16_t>(function_value(f, gate_level_of<G>(levels, j, x, hidden)));
    }
  }
};

template <class G, class X, class H0, class Y>
inline void quantized_rnn_direction(bool backward, X x, RecurrentLevels levels, constant_pointer<int16_t> f,
                                    H0 initial_h, Y y, int16_t* y_h, uint8_t* scratch) {
  int16_t* const next = static_cast<int16_t*>(static_cast<void*>(scratch));
  run_recurrent<G>(backward, x, nullptr, RecurrentState<int16_t, H0>{initial_h, y_h, next + G::hidden, next},
                   QuantizedRnnCell<G>{levels, f}, y, StoreLevels<G>{});
}

template <class G, class X, class H0, class Y>
inline void quantized_rnn(G, X x, constant_pointer<int8_t> w, constant_pointer<int8_t> r,
                          constant_pointer<int32_t> bias, constant_pointer<int32_t> input_multiplier,
                          constant_pointer<int32_t> state_multiplier, constant_pointer<int16_t> f, H0 initial_h, Y y,
                          int16_t* y_h, uint8_t* scratch) {
  quantized_rnn_direction<G>(G::backward, x, RecurrentLevels{w, r, bias, input_multiplier, state_multiplier}, f,
                             initial_h, y, y_h, scratch);
}

template <class G, class X, class H0, class Y>
inline void quantized_rnn_bidirectional(G, X x, constant_pointer<int8_t> w, constant_pointer<int8_t> r,
                                        constant_pointer<int32_t> bias, constant_pointer<int32_t> input_multiplier,
                                        constant_pointer<int32_t> state_multiplier, constant_pointer<int16_t> f,
                                        H0 initial_h, Y y, int16_t* y_h, uint8_t* scratch) {
  const RecurrentLevels first{w, r, bias, input_multiplier, state_multiplier};
  const int32_t state = G::state_direction_step;
  quantized_rnn_direction<G>(false, x, first, f, initial_h, y, y_h, scratch);
  quantized_rnn_direction<G>(true, x, first.template behind<G>(G::hidden, G::hidden), f, operand_from(initial_h, state),
                             operand_from(y, G::y_direction_step), behind(y_h, state), scratch);
}

}  // namespace MOTE_NAMESPACE

#endif
