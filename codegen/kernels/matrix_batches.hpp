// The matrices of a batched product, one after the other: what the leading axes of numpy.matmul come to.
//
// Geometry: batch_0..batch_3, left_batch_step_0..3, right_batch_step_0..3 (int32_t); a step of 0 broadcasts.
#ifndef MOTE_KERNELS_MATRIX_BATCHES_HPP
#define MOTE_KERNELS_MATRIX_BATCHES_HPP
#include "kernel_base.hpp"

namespace MOTE_NAMESPACE {

// visit(start of the left matrix, start of the right one), batches in row-major order.
template <class G, class Visit>
MOTE_ALWAYS_INLINE void for_each_matrix(Visit visit) {
  for (int32_t b0 = 0; b0 < G::batch_0; ++b0) {
    for (int32_t b1 = 0; b1 < G::batch_1; ++b1) {
      for (int32_t b2 = 0; b2 < G::batch_2; ++b2) {
        for (int32_t b3 = 0; b3 < G::batch_3; ++b3) {
          visit(b0 * G::left_batch_step_0 + b1 * G::left_batch_step_1 + b2 * G::left_batch_step_2 +
                    b3 * G::left_batch_step_3,
                b0 * G::right_batch_step_0 + b1 * G::right_batch_step_1 + b2 * G::right_batch_step_2 +
                    b3 * G::right_batch_step_3);
        }
      }
    }
  }
}

}  // namespace MOTE_NAMESPACE

#endif
