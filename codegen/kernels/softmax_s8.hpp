// Softmax along one axis of quantized elements, in 32-bit unsigned arithmetic.
//
//   x [outer][extent][inner] int8_t, y the same of int8_t or int16_t; a row is the `extent` elements of one
//   (outer, inner). table [256] uint32_t, a constant: table[d] = exp(-d * scale of x) in units that the compiler chose
//   so that no sum below overflows; table[0] >= 1.
// Geometry: outer, extent, inner, output_levels (what 1 is stored as, less the zero point), highest (at most
//   output_levels), zero_point (int32_t).
// Value: m = the maximum of the row, d_i = m - x_i, s = sum of table[d_i];
//   y_i = min((table[d_i] * output_levels + s / 2) / s, highest) + zero_point: rounded to the nearest, halves upwards.
// Rows in order. Element i of a row is written after elements 0..i of x were read for the last time: with elements of
// one size y may be x, and with inner == 1 may lie anywhere at or below it.
#ifndef MOTE_KERNELS_SOFTMAX_S8_HPP
#define MOTE_KERNELS_SOFTMAX_S8_HPP
#include "kernel_base.hpp"

namespace MOTE_NAMESPACE {

// One row; `first` is its element 0.
template <class G, class Table, class Y>
inline void softmax_s8_row(const int8_t* x, Table table, Y* y, int32_t first) {
  int32_t largest = x[first];
  for (int32_t i = 1; i < G::extent; ++i) {
    const int32_t value = x[first + i * G::inner];
    if (value > largest) { largest = value; }
  }
  uint32_t sum = 0;
  for (int32_t i = 0; i < G::extent; ++i) { sum += table[largest - x[first + i * G::inner]]; }
  const uint32_t half = sum / 2;
  const uint32_t highest = static_cast<uint32_t>(G::highest);
  for (int32_t i = 0; i < G::extent; ++i) {
    const uint32_t exponential = table[largest - x[first + i * G::inner]];
    const uint32_t level = (exponential * static_cast<uint32_t>(G::output_levels) + half) / sum;
    const uint32_t stored = level < highest ? level : highest;
    y[first + i * G::inner] = static_cast<Y>(static_cast<int32_t>(stored) + G::zero_point);
  }
}

template <class G, class Table, class Y>
inline void softmax_s8(G, const int8_t* x, Table table, Y* y) {
  if (G::extent == 0) { return; }
  for (int32_t outer = 0; outer < G::outer; ++outer) {
    for (int32_t inner = 0; inner < G::inner; ++inner) {
      softmax_s8_row<G>(x, table, y, outer * G::extent * G::inner + inner);
    }
  }
}

}  // namespace MOTE_NAMESPACE

#endif  // MOTE_KERNELS_SOFTMAX_S8_HPP
