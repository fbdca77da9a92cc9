// Rows and columns of images picked by lists of positions: Resize to the nearest neighbour.
//
//   x [outer][in_h][in_w][inner], y [outer][out_h][out_w][inner] of any element type; rows [out_h], columns [out_w]
//   int32_t constants, positions of x.
// Geometry: outer, in_h, in_w, inner, out_h, out_w (int32_t).
// Value: y[n][h][w][c] = x[n][rows[h]][columns[w]][c]. x and y do not overlap.
#ifndef MOTE_KERNELS_SELECT2D_HPP
#define MOTE_KERNELS_SELECT2D_HPP
#include "copy.hpp"

namespace MOTE_NAMESPACE {

template <class G, class X, class Rows, class Columns, class T>
inline void select2d(G, X x, Rows rows, Columns columns, T* y) {
  int32_t written = 0;
  for (int32_t outer = 0; outer < G::outer; ++outer) {
    for (int32_t h = 0; h < G::out_h; ++h) {
      const int32_t row = (outer * G::in_h + rows[h]) * G::in_w;
      for (int32_t w = 0; w < G::out_w; ++w) {
        copy_elements(x + (row + columns[w]) * G::inner, y + written, G::inner);
        written += G::inner;
      }
    }
  }
}

}  // namespace MOTE_NAMESPACE

#endif  // MOTE_KERNELS_SELECT2D_HPP
