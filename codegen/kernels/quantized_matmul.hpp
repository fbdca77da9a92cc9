// Matrix product of two quantized activations.
//
//   left, right int8_t or int16_t, each; output int8_t or int16_t; the layout and the geometry of matmul_f32.hpp
//   without tile and clamp.
// Geometry besides: zero_a, zero_b (zero points of left and right), accumulator_shift, offset, multiplier (not
// negative),
//   lowest, highest (int32_t).
// Value: sum of (left - zero_a) * (right - zero_b) over k;
//   output = clamp(floor((sum * 2^accumulator_shift + offset) * multiplier / 2^32), lowest, highest). The compiler has
//   proven that everything before the last multiplication fits 32 bits, for all operands.
// Outputs are written in row-major order, each after its sum is complete; the operands do not overlap the output.
#ifndef MOTE_KERNELS_QUANTIZED_MATMUL_HPP
#define MOTE_KERNELS_QUANTIZED_MATMUL_HPP
#include "fixed_point.hpp"
#include "matrix_batches.hpp"

namespace MOTE_NAMESPACE {

template <class G, class A, class B, class Y>
inline void quantized_matrix(A left, B right, Y* output) {
  for (int32_t i = 0; i < G::rows; ++i) {
    for (int32_t j = 0; j < G::columns; ++j) {
      int32_t sum = 0;
      for (int32_t k = 0; k < G::depth; ++k) {
        const int32_t a = static_cast<int32_t>(left[i * G::left_row_step + k]) - G::zero_a;
        const int32_t b = static_cast<int32_t>(right[k * G::right_depth_step + j * G::right_column_step]) - G::zero_b;
        sum += a * b;
      }
      const int32_t scaled = shift_left(sum, G::accumulator_shift) + G::offset;
      output[i * G::columns + j] = clamp_to<Y>(multiply_high(scaled, G::multiplier), G::lowest, G::highest);
    }
  }
}

template <class G, class A, class B, class Y>
inline void quantized_matmul(G, A left, B right, Y* output) {
  for_each_matrix<G>([&](int32_t from_left, int32_t from_right) {
    quantized_matrix<G>(left + from_left, right + from_right, output);
    output += G::rows * G::columns;
  });
}

}  // namespace MOTE_NAMESPACE

#endif  // MOTE_KERNELS_QUANTIZED_MATMUL_HPP
