// Normalization of rows to mean 0 and variance 1, float32: what LayerNormalization, InstanceNormalization and
// GroupNormalization of ONNX have in common.
//
//   x, y, rows and their geometry: normalize_loops.hpp, and center (bool), epsilon (float). scale, bias: parameters, or
//   nullptr for 1 and 0.
// Value, elements of a row upwards: mean = (sum of x from 0) / count, or 0 without `center`;
//   variance = (sum of (x - mean)^2 from 0) / count; f = 1 / sqrt(variance + epsilon);
//   y = ((x - mean) * f) * scale + bias.
// A row is written after it was read: y may be x, and where rows follow each other may lie anywhere at or below it.
#ifndef MOTE_KERNELS_NORMALIZE_F32_HPP
#define MOTE_KERNELS_NORMALIZE_F32_HPP
#include "math_f32.hpp"
#include "normalize_loops.hpp"
#include "operand.hpp"

namespace MOTE_NAMESPACE {

template <class G, class X>
MOTE_ALWAYS_INLINE float normalize_row_mean(X x, int32_t first) {
  float sum = 0.0f;
  normalize_row<G>([&](int32_t at, int32_t) { sum = sum + x[first + at]; });
  return sum / static_cast<float>(G::count);
}

template <class G, class X>
MOTE_ALWAYS_INLINE float normalize_row_variance(X x, int32_t first, float mean) {
  float squares = 0.0f;
  normalize_row<G>([&](int32_t at, int32_t) {
    const float distance = x[first + at] - mean;
    squares = squares + distance * distance;
  });
  return squares / static_cast<float>(G::count);
}

template <class G, class X, class Scale, class Bias>
inline void normalize_f32(G, X x, Scale scale, Bias bias, float* y) {
  normalize_rows<G>([&](int32_t first, int32_t parameters) {
    const float mean = G::center ? normalize_row_mean<G>(x, first) : 0.0f;
    const float factor = 1.0f / sqrt_f32(normalize_row_variance<G>(x, first, mean) + G::epsilon);
    normalize_row<G>([&](int32_t at, int32_t parameter) {
      const float normalized = (x[first + at] - mean) * factor;
      y[first + at] =
          normalized * element_or(scale, parameters + parameter, 1.0f) + element_or(bias, parameters + parameter, 0.0f);
    });
  });
}

}  // namespace MOTE_NAMESPACE

#endif  // MOTE_KERNELS_NORMALIZE_F32_HPP
