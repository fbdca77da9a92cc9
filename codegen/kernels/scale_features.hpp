// Features of different size made alike: x [rows][columns] float -> y = (x + shift[column]) * factor[column].
// Geometry: rows, columns (int32_t). Order of writes: elements upwards, each after the same element of x was read.
#ifndef MOTE_KERNELS_SCALE_FEATURES_HPP
#define MOTE_KERNELS_SCALE_FEATURES_HPP
#include "kernel_base.hpp"

namespace MOTE_NAMESPACE {

template <class G, class Shift, class Factor>
inline void scale_features(G, const float* x, Shift shift, Factor factor, float* y) {
  for (int32_t row = 0; row < G::rows; ++row) {
    for (int32_t c = 0; c < G::columns; ++c) {
      const float moved = *x + shift[c];
      *y = moved * factor[c];
      ++x;
      ++y;
    }
  }
}

}  // namespace MOTE_NAMESPACE

#endif
