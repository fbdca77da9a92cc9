// Long short-term memory, float32: ONNX LSTM (1..22).
//
//   x [steps][batch][input]   w [4 * hidden][input]   r [4 * hidden][hidden]   b [8 * hidden] or nullptr (zeros)
//   lengths [batch] int32_t or nullptr   initial_h, initial_c [batch][hidden] or nullptr (zeros)
//   p [3 * hidden] or nullptr: peepholes of the gates i, o, f
//   y [steps][batch][hidden], y_h, y_c [batch][hidden], each may be nullptr   scratch: floats, see below
//   The rows of w, r and of both halves of b are the gates i, o, f, c, `hidden` rows each. Steps between rows of x, y
//   and the states are fields (recurrent.hpp), so that either layout of ONNX fits.
//   lstm_bidirectional_f32: the same for two directions, the second backwards: w, r, b and p one behind the other, y
//   and the states at y_direction_step and state_direction_step.
// Geometry: steps, batch, input, hidden, x_step, x_batch_step, y_step, y_batch_step, state_batch_step (int32_t),
//   backward, clips, couples (bool), limit (float); per function f, g, h: <name> (int32_t, RecurrentFunctionKind),
//   <name>_alpha, <name>_beta (float). Bidirectional: y_direction_step, state_direction_step, and the functions of the
//   second direction with the prefix second_.
// scratch: hidden elements, as many again without y_h, and again without y_c.
//
// Value: gate = ((b + b') + x w, k upwards) + h r, k upwards, each product and sum rounded. Peepholes are added last,
//   then comes the limit. i = f(gate i + p_i c), f = f(gate f + p_f c) or 1 - i where they are coupled,
//   c' = f c + i g(gate c), o = f(gate o + p_o c'), h' = o h(c').
#ifndef MOTE_KERNELS_LSTM_F32_HPP
#define MOTE_KERNELS_LSTM_F32_HPP
#include "recurrent_f32.hpp"

namespace MOTE_NAMESPACE {

struct LstmFunctions {
  RecurrentFunction f, g, h;
};

template <class P>
MOTE_ALWAYS_INLINE float with_peephole_f32(float sum, P p, int32_t index, float state) {
  return sum + p[index] * state;
}
MOTE_ALWAYS_INLINE float with_peephole_f32(float sum, decltype(nullptr), int32_t, float) { return sum; }

template <class G, class W, class R, class B, class C0, class P>
struct LstmCellF32 {
  LstmFunctions functions;
  W w;
  R r;
  B b;
  C0 initial_c;
  P p;
  float* y_c;
  float* own_cell;
  float* cell;

  void start(int32_t n) {
    cell = y_c != nullptr ? y_c + n * G::state_batch_step : own_cell;
    for (int32_t j = 0; j < G::hidden; ++j) { cell[j] = element_or(initial_c, n * G::state_batch_step + j, 0.0f); }
  }

  template <class X>
  float gate(int32_t index, int32_t j, X x, const float* hidden) const {
    const int32_t row = index * G::hidden + j;
    const float bias = element_or(b, row, 0.0f) + element_or(b, 4 * G::hidden + row, 0.0f);
    const float sum = add_products_f32(bias, x, w + row * G::input, G::input);
    return add_products_f32(sum, hidden, r + row * G::hidden, G::hidden);
  }

  // One of the gates i, o, f, which is also its place among the peepholes.
  template <class X>
  float share(int32_t index, int32_t j, X x, const float* hidden) const {
    const float sum = with_peephole_f32(gate(index, j, x, hidden), p, index * G::hidden + j, cell[j]);
    return activate_f32(functions.f, limited_f32<G>(sum));
  }

  template <class X>
  void step(X x, const float* hidden, float* next) {
    for (int32_t j = 0; j < G::hidden; ++j) {
      const float i = share(0, j, x, hidden);
      const float f = G::couples ? 1.0f - i : share(2, j, x, hidden);
      const float c = activate_f32(functions.g, limited_f32<G>(gate(3, j, x, hidden)));
      cell[j] = f * cell[j] + i * c;
      next[j] = share(1, j, x, hidden) * activate_f32(functions.h, cell[j]);
    }
  }
};

template <class G, class X, class W, class R, class B, class L, class H0, class C0, class P, class Y>
inline void lstm_direction_f32(bool backward, LstmFunctions functions, X x, W w, R r, B b, L lengths, H0 initial_h,
                               C0 initial_c, P p, Y y, float* y_h, float* y_c, uint8_t* scratch) {
  float* const next = static_cast<float*>(static_cast<void*>(scratch));
  float* const own_hidden = next + G::hidden;
  float* const own_cell = y_h != nullptr ? own_hidden : own_hidden + G::hidden;
  run_recurrent<G>(backward, x, lengths, RecurrentState<float, H0>{initial_h, y_h, own_hidden, next},
                   LstmCellF32<G, W, R, B, C0, P>{functions, w, r, b, initial_c, p, y_c, own_cell, own_cell}, y,
                   StoreF32<G>{});
}

template <class G, class X, class W, class R, class B, class L, class H0, class C0, class P, class Y>
inline void lstm_f32(G, X x, W w, R r, B b, L lengths, H0 initial_h, C0 initial_c, P p, Y y, float* y_h, float* y_c,
                     uint8_t* scratch) {
  const LstmFunctions functions{
      {G::f, G::f_alpha, G::f_beta}, {G::g, G::g_alpha, G::g_beta}, {G::h, G::h_alpha, G::h_beta}};
  lstm_direction_f32<G>(G::backward, functions, x, w, r, b, lengths, initial_h, initial_c, p, y, y_h, y_c, scratch);
}

template <class G, class X, class W, class R, class B, class L, class H0, class C0, class P, class Y>
inline void lstm_bidirectional_f32(G geometry, X x, W w, R r, B b, L lengths, H0 initial_h, C0 initial_c, P p, Y y,
                                   float* y_h, float* y_c, uint8_t* scratch) {
  lstm_f32(geometry, x, w, r, b, lengths, initial_h, initial_c, p, y, y_h, y_c, scratch);
  const LstmFunctions functions{{G::second_f, G::second_f_alpha, G::second_f_beta},
                                {G::second_g, G::second_g_alpha, G::second_g_beta},
                                {G::second_h, G::second_h_alpha, G::second_h_beta}};
  const int32_t rows = 4 * G::hidden, state = G::state_direction_step;
  lstm_direction_f32<G>(true, functions, x, w + rows * G::input, r + rows * G::hidden, operand_from(b, 2 * rows),
                        lengths, operand_from(initial_h, state), operand_from(initial_c, state),
                        operand_from(p, 3 * G::hidden), operand_from(y, G::y_direction_step), behind(y_h, state),
                        behind(y_c, state), scratch);
}

}  // namespace MOTE_NAMESPACE

#endif
