// Resampling over two neighbouring axes of quantized elements, on one grid: Resize by linear interpolation.
//
//   x, y of int8_t or int16_t, rows, columns and the geometry: resample2d_loops.hpp, and shift, outside, lowest, highest
//   (int32_t). row_weights [out_h][taps_h], column_weights [out_w][taps_w] int16_t, constants; the weights of an output
//   add up to a power of two each, `shift` is the sum of both exponents.
// Value: sum = sum over i of row_weights[h][i] * (sum over j of column_weights[w][j] * x[rows[h] + i][columns[w] + j]);
//   y = clamp(floor(sum / 2^shift + 1/2), lowest, highest), or `outside` where there is nothing of x. One rounding.
// The compiler has proven that the inner sum fits 32 bits, and the outer one 32 bits for int8_t, 64 for int16_t.
// x and y do not overlap.
#ifndef MOTE_KERNELS_QUANTIZED_RESAMPLE2D_HPP
#define MOTE_KERNELS_QUANTIZED_RESAMPLE2D_HPP
#include "fixed_point.hpp"
#include "resample2d_loops.hpp"

namespace MOTE_NAMESPACE {

template <class X>
struct ResampleSum;
template <>
struct ResampleSum<int8_t> {
  typedef int32_t Type;
};
template <>
struct ResampleSum<int16_t> {
  typedef int64_t Type;
};

template <class G, class X, class Rows, class RowWeights, class Columns, class ColumnWeights>
inline void quantized_resample2d(G, const X* x, Rows rows, RowWeights row_weights, Columns columns,
                                 ColumnWeights column_weights, X* y) {
  typedef typename ResampleSum<X>::Type Sum;
  const auto inside = [&](int32_t first, int32_t h, int32_t w, int32_t output) {
    Sum sum = static_cast<Sum>((static_cast<Sum>(1) << G::shift) >> 1);
    for (int32_t i = 0; i < G::taps_h; ++i) {
      int32_t row = 0;
      for (int32_t j = 0; j < G::taps_w; ++j) {
        const int32_t weight = column_weights[w * G::taps_w + j];
        row += weight * x[first + (i * G::in_w + j) * G::inner];
      }
      sum += static_cast<Sum>(row_weights[h * G::taps_h + i]) * row;
    }
    y[output] = clamp_to<X>(static_cast<int32_t>(shift_right(sum, G::shift)), G::lowest, G::highest);
  };
  resample_elements<G>(rows, columns, inside, [&](int32_t output) { y[output] = static_cast<X>(G::outside); });
}

}  // namespace MOTE_NAMESPACE

#endif  // MOTE_KERNELS_QUANTIZED_RESAMPLE2D_HPP
