// Plain recurrent layer, float32: ONNX RNN (1..22).
//
//   x [steps][batch][input]   w [hidden][input]   r [hidden][hidden]   b [2 * hidden] or nullptr (zeros)
//   lengths [batch] int32_t or nullptr   initial_h [batch][hidden] or nullptr (zeros)
//   y [steps][batch][hidden], y_h [batch][hidden], each may be nullptr   scratch: floats, see below
//   Steps, layouts and rnn_bidirectional_f32 are as in lstm_f32.hpp.
// Geometry: as in lstm_f32.hpp with the function f, without couples.
// scratch: hidden elements, as many again without y_h.
//
// Value: h' = f(((b + b') + x w, k upwards) + h r, k upwards), each product and sum rounded, limited before f.
#ifndef MOTE_KERNELS_RNN_F32_HPP
#define MOTE_KERNELS_RNN_F32_HPP
#include "recurrent_f32.hpp"

namespace MOTE_NAMESPACE {

template <class G, class W, class R, class B>
struct RnnCellF32 {
  RecurrentFunction f;
  W w;
  R r;
  B b;

  void start(int32_t) {}

  template <class X>
  void step(X x, const float* hidden, float* next) const {
    for (int32_t j = 0; j < G::hidden; ++j) {
      const float bias = element_or(b, j, 0.0f) + element_or(b, G::hidden + j, 0.0f);
      const float sum = add_products_f32(bias, x, w + j * G::input, G::input);
      next[j] = activate_f32(f, limited_f32<G>(add_products_f32(sum, hidden, r + j * G::hidden, G::hidden)));
    }
  }
};

template <class G, class X, class W, class R, class B, class L, class H0, class Y>
inline void rnn_direction_f32(bool backward, RecurrentFunction f, X x, W w, R r, B b, L lengths, H0 initial_h, Y y,
                              float* y_h, uint8_t* scratch) {
  float* const next = static_cast<float*>(static_cast<void*>(scratch));
  run_recurrent<G>(backward, x, lengths, RecurrentState<float, H0>{initial_h, y_h, next + G::hidden, next},
                   RnnCellF32<G, W, R, B>{f, w, r, b}, y, StoreF32<G>{});
}

template <class G, class X, class W, class R, class B, class L, class H0, class Y>
inline void rnn_f32(G, X x, W w, R r, B b, L lengths, H0 initial_h, Y y, float* y_h, uint8_t* scratch) {
  rnn_direction_f32<G>(G::backward, RecurrentFunction{G::f, G::f_alpha, G::f_beta}, x, w, r, b, lengths, initial_h, y,
                       y_h, scratch);
}

template <class G, class X, class W, class R, class B, class L, class H0, class Y>
inline void rnn_bidirectional_f32(G geometry, X x, W w, R r, B b, L lengths, H0 initial_h, Y y, float* y_h,
                                  uint8_t* scratch) {
  rnn_f32(geometry, x, w, r, b, lengths, initial_h, y, y_h, scratch);
  const int32_t state = G::state_direction_step;
  rnn_direction_f32<G>(true, RecurrentFunction{G::second_f, G::second_f_alpha, G::second_f_beta}, x,
                       w + G::hidden * G::input, r + G::hidden * G::hidden, operand_from(b, 2 * G::hidden), lengths,
                       operand_from(initial_h, state), operand_from(y, G::y_direction_step), behind(y_h, state),
                       scratch);
}

}  // namespace MOTE_NAMESPACE

#endif
