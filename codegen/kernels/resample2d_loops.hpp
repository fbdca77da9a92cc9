// The loops of resampling over two neighbouring axes: every output is a weighted sum of taps_h * taps_w neighbours.
//
//   x [outer][in_h][in_w][inner], y [outer][out_h][out_w][inner]; rows [out_h], columns [out_w] int32_t constants: the
//   first of the taps, or a negative number where there is nothing of x.
// Geometry: outer, in_h, in_w, inner, out_h, out_w, taps_h, taps_w (int32_t).
#ifndef MOTE_KERNELS_RESAMPLE2D_LOOPS_HPP
#define MOTE_KERNELS_RESAMPLE2D_LOOPS_HPP
#include "kernel_base.hpp"

namespace MOTE_NAMESPACE {

// Outputs upwards: inside(first tap in x, row, column, output) or outside(output).
template <class G, class Rows, class Columns, class Inside, class Outside>
MOTE_ALWAYS_INLINE void resample_elements(Rows rows, Columns columns, Inside inside, Outside outside) {
  int32_t written = 0;
  for (int32_t outer = 0; outer < G::outer; ++outer) {
    for (int32_t h = 0; h < G::out_h; ++h) {
      for (int32_t w = 0; w < G::out_w; ++w) {
        const int32_t row = rows[h], column = columns[w];
        const bool is_inside = row >= 0 && column >= 0;
        const int32_t first = ((outer * G::in_h + row) * G::in_w + column) * G::inner;
        for (int32_t c = 0; c < G::inner; ++c) {
          if (is_inside) {
            inside(first + c, h, w, written);
          } else {
            outside(written);
          }
          ++written;
        }
      }
    }
  }
}

}  // namespace MOTE_NAMESPACE

#endif  // MOTE_KERNELS_RESAMPLE2D_LOOPS_HPP
