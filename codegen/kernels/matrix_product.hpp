// Matrix products of any element type and layout: ONNX Gemm and MatMul as they stand. The general path: dense_f32.hpp
// and matmul_f32.hpp serve the common forms. Integers wrap.
//
//   gemm    output [rows][columns]; left (i, k) at i * left_row_step + k * left_depth_step, right (k, j) at
//           k * right_depth_step + j * right_column_step, addend (i, j) at i * addend_row_step + j *
//           addend_column_step; addend may be nullptr (zeros). Geometry: rows, depth, columns, these steps (int32_t),
//           alpha, beta (float). Value: sum = beta * addend, then sum += left * (alpha * right) for k upwards, each
//           operation rounded.
//   matmul  the layout and the geometry of matmul_f32.hpp without tile and clamp. Value: sum = 0, then sum += left *
//           right for k upwards.
// Outputs are written in row-major order, each after its sum is complete; the operands do not overlap the output.
#ifndef MOTE_KERNELS_MATRIX_PRODUCT_HPP
#define MOTE_KERNELS_MATRIX_PRODUCT_HPP
#include "arithmetic.hpp"
#include "matrix_batches.hpp"
#include "operand.hpp"

namespace MOTE_NAMESPACE {

template <class T, class G, class A, class B, class C>
inline void gemm(G, A left, B right, C addend, T* output) {
  const T alpha = static_cast<T>(G::alpha);
  const T beta = static_cast<T>(G::beta);
  for (int32_t i = 0; i < G::rows; ++i) {
    for (int32_t j = 0; j < G::columns; ++j) {
      const int32_t added = i * G::addend_row_step + j * G::addend_column_step;
      T sum = multiply_of(beta, element_or(addend, added, static_cast<T>(0)));
      for (int32_t k = 0; k < G::depth; ++k) {
        const T factor = left[i * G::left_row_step + k * G::left_depth_step];
        const T scaled = multiply_of(alpha, static_cast<T>(right[k * G::right_depth_step + j * G::right_column_step]));
        sum = add_of(sum, multiply_of(factor, scaled));
      }
      output[i * G::columns + j] = sum;
    }
  }
}

template <class T, class G, class A, class B>
inline void matmul_matrix(A left, B right, T* output) {
  for (int32_t i = 0; i < G::rows; ++i) {
    for (int32_t j = 0; j < G::columns; ++j) {
      T sum = static_cast<T>(0);
      for (int32_t k = 0; k < G::depth; ++k) {
        const T factor = left[i * G::left_row_step + k];
        const T weight = right[k * G::right_depth_step + j * G::right_column_step];
        sum = add_of(sum, multiply_of(factor, weight));
      }
      output[i * G::columns + j] = sum;
    }
  }
}

template <class T, class G, class A, class B>
inline void matmul(G, A left, B right, T* output) {
  for_each_matrix<G>([&](int32_t from_left, int32_t from_right) {
    matmul_matrix<T, G>(left + from_left, right + from_right, output);
    output += G::rows * G::columns;
  });
}

}  // namespace MOTE_NAMESPACE

#endif
