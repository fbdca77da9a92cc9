// The walk of the window kernels over their output: rows of pixels cut into tiles, in each tile blocks of channels.
//
// Order of writes: tiles in row-major order of pixels, inside a tile blocks of tile_c channels upwards, inside a block
// pixels upwards. A row is cut so: its border pixels (windows that leave the input sideways) are tiles of one pixel;
// the pixels between them are tiles of tile_w, then one tile of what is left. A block reads its whole window, and its
// part of the residual, before it writes; how far the output may lie over the input follows from window.hpp. The
// residual may be the output buffer itself. The kernels named *_backward visit the tiles in descending order.
//
// A Layer is what a kernel computes: a few pointers and
//   typedef … Layout;                                                      window_layout.hpp; Layout::Geometry is G
//   template <int32_t Width, int32_t Count> void block(const BlockPlace&) const;   Count channels at Width pixels
// or, where blocks cannot be found by their number, a WindowTile of its own.
#ifndef MOTE_KERNELS_WINDOW_ROWS_HPP
#define MOTE_KERNELS_WINDOW_ROWS_HPP

#include "window.hpp"

namespace MOTE_NAMESPACE {

// Where a block works: the taps of its window, and offsets from the first element of each operand.
struct BlockPlace {
  TapWindow window;
  int32_t input;  // of the image and the block's first input channel: what the window's origin counts from
  int32_t weights;
  int32_t channel;  // the block's first output channel
  int32_t output;   // of output and residual
};

// Every block of channels at one tile of Width pixels.
template <class Layer, int32_t Width>
struct WindowTile {
  static inline void run(const Layer& layer, const TapWindow& window, int32_t input, int32_t output) {
    typedef typename Layer::Layout Layout;
    typedef typename Layout::Geometry G;
    constexpr int32_t blocks = G::out_c / G::tile_c;
    constexpr int32_t left_lanes = G::out_c % G::tile_c;
    for (int32_t block = 0; block < blocks; ++block) {
      const int32_t channel = block * G::tile_c;
      layer.template block<Width, G::tile_c>(BlockPlace{window, input + Layout::input_channel(channel),
                                                        block * G::weight_block, channel, output + channel});
    }
    if (left_lanes != 0) {
      constexpr int32_t channel = blocks * G::tile_c;
      constexpr int32_t lanes = left_lanes == 0 ? 1 : left_lanes;
      layer.template block<Width, lanes>(BlockPlace{window, input + Layout::input_channel(channel),
                                                    blocks * G::weight_block, channel, output + channel});
    }
  }
};

// The tile that begins at `ow`, wherever it lies in its row; gives its width.
template <class Layer>
MOTE_ALWAYS_INLINE int32_t window_tile_at(const Layer& layer, TapRange rows, int32_t origin_h, int32_t ow,
                                          int32_t input, int32_t output_row) {
  typedef typename Layer::Layout::Geometry G;
  typedef typename Layer::Layout::Rows Rows;
  typedef RowCut<G, Rows::in_w, Rows::out_w> Cut;
  const int32_t output = output_row + ow * G::out_c;
  const int32_t origin_w = ow * G::stride_w - G::pad_left;
  if (Cut::whole_tile_at(ow)) {
    WindowTile<Layer, G::tile_w>::run(layer, TapWindow{rows, TapRange{0, G::kernel_w}, origin_h, origin_w}, input,
                                      output);
    return G::tile_w;
  }
  if (Cut::last_tile_at(ow)) {
    WindowTile<Layer, Cut::left_width>::run(layer, TapWindow{rows, TapRange{0, G::kernel_w}, origin_h, origin_w}, input,
                                            output);
    return Cut::left_width;
  }
  const TapRange columns = taps_inside(origin_w, Rows::in_w, G::kernel_w, G::dilation_w);
  WindowTile<Layer, 1>::run(layer, TapWindow{rows, columns, origin_h, origin_w}, input, output);
  return 1;
}

// One row of output pixels, cut into tiles; the tiles from left to right, or from right to left.
template <class Layer, bool Backward>
inline void window_row(const Layer& layer, int32_t image, int32_t oh) {
  typedef typename Layer::Layout::Geometry G;
  typedef typename Layer::Layout::Rows Rows;
  typedef RowCut<G, Rows::in_w, Rows::out_w> Cut;
  const int32_t origin_h = oh * G::stride_h - G::pad_top;
  const TapRange rows = taps_inside(origin_h, Rows::in_h, G::kernel_h, G::dilation_h);
  const int32_t input = image * Rows::in_h * Rows::in_w * G::in_c;
  const int32_t output = (image * Rows::out_h + oh) * Rows::out_w * G::out_c;
  if (Backward) {
    for (int32_t end = Rows::out_w; end > 0;) {
      end -= Cut::width_before(end);
      window_tile_at(layer, rows, origin_h, end, input, output);
    }
  } else {
    for (int32_t ow = 0; ow < Rows::out_w;) { ow += window_tile_at(layer, rows, origin_h, ow, input, output); }
  }
}

template <class Layer>
inline void window_rows(const Layer& layer) {
  typedef typename Layer::Layout::Rows Rows;
  for (int32_t image = 0; image < Rows::images; ++image) {
    for (int32_t oh = 0; oh < Rows::out_h; ++oh) { window_row<Layer, false>(layer, image, oh); }
  }
}

// The same values, tiles from the last to the first.
template <class Layer>
inline void window_rows_backward(const Layer& layer) {
  typedef typename Layer::Layout::Rows Rows;
  for (int32_t image = Rows::images - 1; image >= 0; --image) {
    for (int32_t oh = Rows::out_h - 1; oh >= 0; --oh) { window_row<Layer, true>(layer, image, oh); }
  }
}

}  // namespace MOTE_NAMESPACE

#endif  // MOTE_KERNELS_WINDOW_ROWS_HPP
