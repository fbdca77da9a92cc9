// The loops that poolings of channels-last activations share: output positions in row-major order or backwards, at each
// the blocks of channels, in a block the taps inside the input in order kd, kh, kw.
//
//   input [batch][in_d][in_h][in_w][channels]   output [batch][out_d][out_h][out_w][channels]
// Geometry: batch, channels, and for each axis X of d, h, w: in_X, out_X, kernel_X, stride_X, dilation_X; the pads
//   pad_front, pad_back, pad_top, pad_bottom, pad_left, pad_right; tile_c (channels together) (int32_t).
// Kind: what is done with the taps of Count channels:
//   State<Count> start<Count>()                       before the first tap
//   take(state, const X* tap)                         for every tap inside: Count neighbouring channels
//   finish(state, Y* output, const PoolWindow&)       writes Count channels
//
// Order of writes: output positions in row-major order, at each the blocks of tile_c channels upwards. A block reads
// only the channels it writes, all before it writes them; how far the output may lie over the input follows from
// window.hpp with tiles of one position.
#ifndef MOTE_KERNELS_POOL2D_LOOPS_HPP
#define MOTE_KERNELS_POOL2D_LOOPS_HPP

#include "kernel_base.hpp"
#include "window.hpp"

namespace MOTE_NAMESPACE {

// The window of one output position: origins of tap (0, 0, 0) and the taps inside the input.
struct PoolWindow {
  int32_t origin_d, origin_h, origin_w;
  TapRange planes, rows, columns;
};

template <class G>
MOTE_ALWAYS_INLINE int32_t taps_in_padded_input(const PoolWindow& at) {
  const TapRange planes = taps_inside(at.origin_d, G::in_d + G::pad_back, G::kernel_d, G::dilation_d);
  const TapRange rows = taps_inside(at.origin_h, G::in_h + G::pad_bottom, G::kernel_h, G::dilation_h);
  const TapRange columns = taps_inside(at.origin_w, G::in_w + G::pad_right, G::kernel_w, G::dilation_w);
  // Leading pads count too: no window starts before them.
  return planes.end * rows.end * columns.end;
}

MOTE_ALWAYS_INLINE int32_t taps_in_input(const PoolWindow& at) {
  return (at.planes.end - at.planes.begin) * (at.rows.end - at.rows.begin) * (at.columns.end - at.columns.begin);
}

// Count channels at one output position. `input` points at channel `block` of the image.
template <class G, int32_t Count, class Kind, class X, class Y>
MOTE_ALWAYS_INLINE void pool_block(Kind kind, const X* input, Y* output, const PoolWindow& at) {
  typename Kind::template State<Count> state = kind.template start<Count>();
  for (int32_t kd = at.planes.begin; kd < at.planes.end; ++kd) {
    const int32_t plane = at.origin_d + kd * G::dilation_d;
    for (int32_t kh = at.rows.begin; kh < at.rows.end; ++kh) {
      const int32_t row = (plane * G::in_h + at.origin_h + kh * G::dilation_h) * G::in_w + at.origin_w;
      for (int32_t kw = at.columns.begin; kw < at.columns.end; ++kw) {
        kind.take(state, input + (row + kw * G::dilation_w) * G::channels);
      }
    }
  }
  kind.finish(state, output, at);
}

// Every channel at one output position.
template <class G, class Kind, class X, class Y>
inline void pool_position(Kind kind, const X* input, Y* output, const PoolWindow& at) {
  constexpr int32_t blocks = G::channels / G::tile_c;
  constexpr int32_t left_lanes = G::channels % G::tile_c;
  for (int32_t block = 0; block < blocks; ++block) {
    pool_block<G, G::tile_c>(kind, input + block * G::tile_c, output + block * G::tile_c, at);
  }
  if (left_lanes != 0) {
    constexpr int32_t lanes = left_lanes == 0 ? 1 : left_lanes;
    pool_block<G, lanes>(kind, input + blocks * G::tile_c, output + blocks * G::tile_c, at);
  }
}

// The i-th of `count` positions, or the i-th from the end.
template <bool Backward>
MOTE_ALWAYS_INLINE constexpr int32_t visited(int32_t i, int32_t count) {
  return Backward ? count - 1 - i : i;
}

// One row of output positions: `at` comes with its planes and rows set.
template <class G, bool Backward, class Kind, class X, class Y>
inline void pool_row(Kind kind, const X* input, Y* output, PoolWindow at) {
  for (int32_t i = 0; i < G::out_w; ++i) {
    const int32_t ow = visited<Backward>(i, G::out_w);
    at.origin_w = ow * G::stride_w - G::pad_left;
    at.columns = taps_inside(at.origin_w, G::in_w, G::kernel_w, G::dilation_w);
    pool_position<G>(kind, input, output + ow * G::channels, at);
  }
}

template <class G, bool Backward, class Kind, class X, class Y>
inline void pool_positions(Kind kind, const X* input, Y* output) {
  PoolWindow at = {};
  for (int32_t i = 0; i < G::batch; ++i) {
    const int32_t image = visited<Backward>(i, G::batch);
    for (int32_t j = 0; j < G::out_d; ++j) {
      const int32_t od = visited<Backward>(j, G::out_d);
      at.origin_d = od * G::stride_d - G::pad_front;
      at.planes = taps_inside(at.origin_d, G::in_d, G::kernel_d, G::dilation_d);
      for (int32_t k = 0; k < G::out_h; ++k) {
        const int32_t oh = visited<Backward>(k, G::out_h);
        at.origin_h = oh * G::stride_h - G::pad_top;
        at.rows = taps_inside(at.origin_h, G::in_h, G::kernel_h, G::dilation_h);
        pool_row<G, Backward>(kind, input + image * G::in_d * G::in_h * G::in_w * G::channels,
                              output + ((image * G::out_d + od) * G::out_h + oh) * G::out_w * G::channels, at);
      }
    }
  }
}

}  // namespace MOTE_NAMESPACE

#endif  // MOTE_KERNELS_POOL2D_LOOPS_HPP
