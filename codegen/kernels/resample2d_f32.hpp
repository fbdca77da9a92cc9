// Resampling over two neighbouring axes, float32: Resize by linear or cubic interpolation.
//
//   x, y, rows, columns and the geometry: resample2d_loops.hpp, and extrapolation_value (float). row_weights [out_h][taps_h],
//   column_weights [out_w][taps_w] float, constants.
// Value: y = sum over i of row_weights[h][i] * (sum over j of column_weights[w][j] * x[rows[h] + i][columns[w] + j]),
//   both from 0 upwards; extrapolation_value where there is nothing of x. x and y do not overlap.
#ifndef MOTE_KERNELS_RESAMPLE2D_F32_HPP
#define MOTE_KERNELS_RESAMPLE2D_F32_HPP
#include "resample2d_loops.hpp"

namespace MOTE_NAMESPACE {

template <class G, class X, class Rows, class RowWeights, class Columns, class ColumnWeights>
inline void resample2d_f32(G, X x, Rows rows, RowWeights row_weights, Columns columns, ColumnWeights column_weights,
                           float* y) {
  const auto inside = [&](int32_t first, int32_t h, int32_t w, int32_t output) {
    float sum = 0.0f;
    for (int32_t i = 0; i < G::taps_h; ++i) {
      float row = 0.0f;
      for (int32_t j = 0; j < G::taps_w; ++j) {
        row = row + column_weights[w * G::taps_w + j] * x[first + (i * G::in_w + j) * G::inner];
      }
      sum = sum + row_weights[h * G::taps_h + i] * row;
    }
    y[output] = sum;
  };
  resample_elements<G>(rows, columns, inside, [&](int32_t output) { y[output] = G::extrapolation_value; });
}

}  // namespace MOTE_NAMESPACE

#endif  // MOTE_KERNELS_RESAMPLE2D_F32_HPP
