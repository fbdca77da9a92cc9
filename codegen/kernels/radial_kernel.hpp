// Exponentials of squared distances, float: x [rows][depth], points [columns][depth] -> y [rows][columns].
// Geometry: rows, depth, columns (int32_t), rate (float). y overlaps neither operand.
// Value: sum = 0, then difference = x[k] - p[k], sum += difference * difference for k upwards; exp(rate * sum).
#ifndef MOTE_KERNELS_RADIAL_KERNEL_HPP
#define MOTE_KERNELS_RADIAL_KERNEL_HPP
#include "math_f32.hpp"
#include "squared_distance.hpp"

namespace MOTE_NAMESPACE {

template <class G, class P>
inline void radial_kernel(G geometry, const float* x, P points, float* y) {
  squared_distance(geometry, x, points, y);
  for (int32_t i = 0; i < G::rows * G::columns; ++i) { y[i] = exp_f32(G::rate * y[i]); }
}

}  // namespace MOTE_NAMESPACE

#endif
