// Softmax and LogSoftmax along one axis, float32: ONNX Softmax, LogSoftmax (opset 1..13).
//
//   x, y [outer][extent][inner]; a row is the `extent` elements of one (outer, inner).
// Geometry: outer, extent, inner (int32_t).
// Value, elements of a row upwards: m = maximum (a NaN is one), e_i = exp(x_i - m), s = sum of the e_i from 0;
//   softmax e_i / s; log_softmax (x_i - m) - log(s).
// Rows in order. Element i of a row is first written after elements 0..i of x were read for the last time, so y may
// be x, and with inner == 1 may lie anywhere at or below it.
#ifndef MOTE_KERNELS_SOFTMAX_F32_HPP
#define MOTE_KERNELS_SOFTMAX_F32_HPP
#include "kernel_base.hpp"
#include "math_f32.hpp"

namespace MOTE_NAMESPACE {

template <class G, class X>
MOTE_ALWAYS_INLINE float softmax_row_maximum(X x, int32_t first) {
  float largest = x[first];
  for (int32_t i = 1; i < G::extent; ++i) {
    const float value = x[first + i * G::inner];
    if (value > largest || (value != value && largest == largest)) { largest = value; }
  }
  return largest;
}

// One row; `first` is its element 0.
template <class G, class X>
inline void softmax_row(X x, float* y, int32_t first) {
  const float largest = softmax_row_maximum<G>(x, first);
  float sum = 0.0f;
  for (int32_t i = 0; i < G::extent; ++i) {
    const float exponential = exp_f32(x[first + i * G::inner] - largest);
    y[first + i * G::inner] = exponential;
    sum = sum + exponential;
  }
  for (int32_t i = 0; i < G::extent; ++i) { y[first + i * G::inner] = y[first + i * G::inner] / sum; }
}

template <class G, class X>
inline void log_softmax_row(X x, float* y, int32_t first) {
  const float largest = softmax_row_maximum<G>(x, first);
  float sum = 0.0f;
  for (int32_t i = 0; i < G::extent; ++i) { sum = sum + exp_f32(x[first + i * G::inner] - largest); }
  const float shift = log_f32(sum);
  for (int32_t i = 0; i < G::extent; ++i) { y[first + i * G::inner] = (x[first + i * G::inner] - largest) - shift; }
}

template <class G, class X>
inline void softmax_f32(G, X x, float* y) {
  if (G::extent == 0) { return; }
  for (int32_t outer = 0; outer < G::outer; ++outer) {
    for (int32_t inner = 0; inner < G::inner; ++inner) { softmax_row<G>(x, y, outer * G::extent * G::inner + inner); }
  }
}

template <class G, class X>
inline void log_softmax_f32(G, X x, float* y) {
  if (G::extent == 0) { return; }
  for (int32_t outer = 0; outer < G::outer; ++outer) {
    for (int32_t inner = 0; inner < G::inner; ++inner) {
      log_softmax_row<G>(x, y, outer * G::extent * G::inner + inner);
    }
  }
}

}  // namespace MOTE_NAMESPACE

#endif
