// Gated recurrent unit, float32: ONNX GRU (1..22).
//
//   x [steps][batch][input]   w [3 * hidden][input]   r [3 * hidden][hidden]   b [6 * hidden] or nullptr (zeros)
//   lengths [batch] int32_t or nullptr   initial_h [batch][hidden] or nullptr (zeros)
//   y [steps][batch][hidden], y_h [batch][hidden], each may be nullptr   scratch: floats, see below
//   The rows of w, r and of both halves of b are the gates z, r, h. Steps, layouts and gru_bidirectional_f32 are as in
//   lstm_f32.hpp.
// Geometry: as in lstm_f32.hpp with the functions f and g; resets_sum (bool) in place of couples.
// scratch: hidden elements, as many again without y_h, and again where resets_sum is false.
//
// Value: z and r = f(((b + b') + x w, k upwards) + h r, k upwards), each product and sum rounded, limited before f.
//   resets_sum (linear_before_reset): n = g((b + x w) + r * (b' + h r)); else n = g(((b + b') + x w) + (r h) r).
//   h' = (1 - z) n + z h.
#ifndef MOTE_KERNELS_GRU_F32_HPP
#define MOTE_KERNELS_GRU_F32_HPP
#include "recurrent_f32.hpp"

namespace MOTE_NAMESPACE {

struct GruFunctions {
  RecurrentFunction f, g;
};

template <class G, class W, class R, class B>
struct GruCellF32 {
  GruFunctions functions;
  W w;
  R r;
  B b;
  float* reset;  // r h, where the whole of it is needed before the first n

  void start(int32_t) {}

  float input_bias(int32_t row) const { return element_or(b, row, 0.0f); }
  float state_bias(int32_t row) const { return element_or(b, 3 * G::hidden + row, 0.0f); }

  template <class X>
  float sum(int32_t row, X x, const float* state) const {
    const float bias = input_bias(row) + state_bias(row);
    return add_products_f32(add_products_f32(bias, x, w + row * G::input, G::input), state, r + row * G::hidden,
                            G::hidden);
  }

  template <class X>
  float gate(int32_t index, int32_t j, X x, const float* hidden) const {
    return activate_f32(functions.f, limited_f32<G>(sum(index * G::hidden + j, x, hidden)));
  }

  template <class X>
  float candidate(int32_t j, X x, const float* hidden) const {
    const int32_t row = 2 * G::hidden + j;
    if (!G::resets_sum) { return activate_f32(functions.g, limited_f32<G>(sum(row, x, reset))); }
    const float from_input = add_products_f32(input_bias(row), x, w + row * G::input, G::input);
    const float from_state = add_products_f32(state_bias(row), hidden, r + row * G::hidden, G::hidden);
    return activate_f32(functions.g, limited_f32<G>(from_input + gate(1, j, x, hidden) * from_state));
  }

  template <class X>
  void step(X x, const float* hidden, float* next) const {
    for (int32_t j = 0; j < G::hidden && !G::resets_sum; ++j) { reset[j] = gate(1, j, x, hidden) * hidden[j]; }
    for (int32_t j = 0; j < G::hidden; ++j) {
      const float z = gate(0, j, x, hidden);
      next[j] = (1.0f - z) * candidate(j, x, hidden) + z * hidden[j];
    }
  }
};

template <class G, class X, class W, class R, class B, class L, class H0, class Y>
inline void gru_direction_f32(bool backward, GruFunctions functions, X x, W w, R r, B b, L lengths, H0 initial_h, Y y,
                              float* y_h, uint8_t* scratch) {
  float* const next = static_cast<float*>(static_cast<void*>(scratch));
  float* const own_hidden = next + G::hidden;
  float* const reset = y_h != nullptr ? own_hidden : own_hidden + G::hidden;
  run_recurrent<G>(backward, x, lengths, RecurrentState<float, H0>{initial_h, y_h, own_hidden, next},
                   GruCellF32<G, W, R, B>{functions, w, r, b, reset}, y, StoreF32<G>{});
}

template <class G, class X, class W, class R, class B, class L, class H0, class Y>
inline void gru_f32(G, X x, W w, R r, B b, L lengths, H0 initial_h, Y y, float* y_h, uint8_t* scratch) {
  const GruFunctions functions{{G::f, G::f_alpha, G::f_beta}, {G::g, G::g_alpha, G::g_beta}};
  gru_direction_f32<G>(G::backward, functions, x, w, r, b, lengths, initial_h, y, y_h, scratch);
}

template <class G, class X, class W, class R, class B, class L, class H0, class Y>
inline void gru_bidirectional_f32(G geometry, X x, W w, R r, B b, L lengths, H0 initial_h, Y y, float* y_h,
                                  uint8_t* scratch) {
  gru_f32(geometry, x, w, r, b, lengths, initial_h, y, y_h, scratch);
  const GruFunctions functions{{G::second_f, G::second_f_alpha, G::second_f_beta},
                               {G::second_g, G::second_g_alpha, G::second_g_beta}};
  const int32_t rows = 3 * G::hidden, state = G::state_direction_step;
  gru_direction_f32<G>(true, functions, x, w + rows * G::input, r + rows * G::hidden, operand_from(b, 2 * rows),
                       lengths, operand_from(initial_h, state), operand_from(y, G::y_direction_step),
                       behind(y_h, state), scratch);
}

}  // namespace MOTE_NAMESPACE

#endif
