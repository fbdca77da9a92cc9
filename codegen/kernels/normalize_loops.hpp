// The loops of a normalization over some axes of a tensor, whose other axes make up its rows.
//
//   x, y dense of one shape. Parameters are read with strides of their own, 0 along axes that they do not have.
// Geometry (int32_t): kept_extent0..2, kept_stride0..2, kept_parameter_stride0..2 over the rows; reduced_extent0..2,
//   reduced_stride0..2, reduced_parameter_stride0..2 over the elements of a row; outermost first, unused loops have
//   extent 1; count, the elements of a row.
#ifndef MOTE_KERNELS_NORMALIZE_LOOPS_HPP
#define MOTE_KERNELS_NORMALIZE_LOOPS_HPP
#include "kernel_base.hpp"

namespace MOTE_NAMESPACE {

// visit(first element of a row in x, in the parameters) for every row upwards.
template <class G, class Visit>
MOTE_ALWAYS_INLINE void normalize_rows(Visit visit) {
  for (int32_t i = 0; i < G::kept_extent0; ++i) {
    for (int32_t j = 0; j < G::kept_extent1; ++j) {
      for (int32_t k = 0; k < G::kept_extent2; ++k) {
        visit(i * G::kept_stride0 + j * G::kept_stride1 + k * G::kept_stride2,
              i * G::kept_parameter_stride0 + j * G::kept_parameter_stride1 + k * G::kept_parameter_stride2);
      }
    }
  }
}

// visit(distance from the first element in x, in the parameters) for every element of a row.
template <class G, class Visit>
MOTE_ALWAYS_INLINE void normalize_row(Visit visit) {
  for (int32_t i = 0; i < G::reduced_extent0; ++i) {
    for (int32_t j = 0; j < G::reduced_extent1; ++j) {
      for (int32_t k = 0; k < G::reduced_extent2; ++k) {
        visit(i * G::reduced_stride0 + j * G::reduced_stride1 + k * G::reduced_stride2,
              i * G::reduced_parameter_stride0 + j * G::reduced_parameter_stride1 + k * G::reduced_parameter_stride2);
      }
    }
  }
}

}  // namespace MOTE_NAMESPACE

#endif  // MOTE_KERNELS_NORMALIZE_LOOPS_HPP
