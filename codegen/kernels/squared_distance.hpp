// Squared Euclidean distances between the rows of two matrices: x [rows][depth], points [columns][depth] ->
// y [rows][columns], float or double.
// Geometry: rows, depth, columns (int32_t). y overlaps neither operand.
// Value: sum = 0, then difference = x[k] - p[k], sum += difference * difference for k upwards.
#ifndef MOTE_KERNELS_SQUARED_DISTANCE_HPP
#define MOTE_KERNELS_SQUARED_DISTANCE_HPP
#include "kernel_base.hpp"

namespace MOTE_NAMESPACE {

template <class G, class X, class P, class T>
inline void squared_distance(G, X x, P points, T* y) {
  for (int32_t row = 0; row < G::rows; ++row) {
    for (int32_t column = 0; column < G::columns; ++column) {
      T sum = static_cast<T>(0);
      for (int32_t k = 0; k < G::depth; ++k) {
        const T difference = x[row * G::depth + k] - points[column * G::depth + k];
        sum = sum + difference * difference;
      }
      *y = sum;
      ++y;
    }
  }
}

}  // namespace MOTE_NAMESPACE

#endif
