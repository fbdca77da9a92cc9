// Max and average pooling, float32: ONNX MaxPool, AveragePool, GlobalMaxPool, GlobalAveragePool on channels-last
// activations of one to three spatial axes (an axis that is not there has extent 1, kernel 1, stride 1, no pads).
//
//   input [batch][in_d][in_h][in_w][channels]   output [batch][out_d][out_h][out_w][channels]
// Geometry: batch, channels, and for each axis X of d, h, w: in_X, out_X, kernel_X, stride_X, dilation_X; the pads
//   pad_front, pad_back, pad_top, pad_bottom, pad_left, pad_right; tile_c (channels together) (int32_t);
//   count_include_pad (bool; read by the average alone), clamp_low, clamp_high (bool), lowest, highest (float).
//
// Maximum: taps in order kd, kh, kw; the first NaN met is the result; a window wholly in the padding gives -infinity.
// Average: sum of the taps inside in order kd, kh, kw, starting at 0, then one division by the count: of the taps
// inside, or with count_include_pad of the taps inside the padded input (a window that ceil_mode lets hang over the
// far pad does not count what hangs over). A window without taps gives 0. Then the clamp.
//
// Order of writes: output positions in row-major order, at each the blocks of tile_c channels upwards. A block reads
// only the channels it writes, all before it writes them; how far the output may lie over the input follows from
// window.hpp with tiles of one position.
#ifndef MOTE_KERNELS_POOL2D_F32_HPP
#define MOTE_KERNELS_POOL2D_F32_HPP

#include "kernel_base.hpp"
#include "lanes_f32.hpp"
#include "window.hpp"

namespace MOTE_NAMESPACE {

template <class G>
struct PoolF32Epilogue {
  static constexpr bool has_residual = false, clamp_low = G::clamp_low, clamp_high = G::clamp_high;
  static constexpr float lowest = G::lowest, highest = G::highest;
};

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

template <class G>
struct MaxPoolF32 {
  template <int32_t Count>
  static MOTE_ALWAYS_INLINE LanesF32<Count> start() {
    return LanesF32<Count>::splat(float_of(0xff800000u));
  }
  template <int32_t Count>
  static MOTE_ALWAYS_INLINE void take(LanesF32<Count>& result, const LanesF32<Count>& tap) {
    result.take_greater(tap);
  }
  template <int32_t Count>
  static MOTE_ALWAYS_INLINE void end(LanesF32<Count>&, const PoolWindow&) {}
};

template <class G>
struct AveragePoolF32 {
  template <int32_t Count>
  static MOTE_ALWAYS_INLINE LanesF32<Count> start() {
    return LanesF32<Count>::splat(0.0f);
  }
  template <int32_t Count>
  static MOTE_ALWAYS_INLINE void take(LanesF32<Count>& result, const LanesF32<Count>& tap) {
    result.add(tap);
  }
  template <int32_t Count>
  static MOTE_ALWAYS_INLINE void end(LanesF32<Count>& result, const PoolWindow& at) {
    const int32_t taps = G::count_include_pad ? taps_in_padded_input<G>(at) : taps_in_input(at);
    result.divide(taps > 0 ? static_cast<float>(taps) : 1.0f);
  }
};

// Count channels at one output position. `input` points at channel `block` of the image.
template <class G, class Kind, int32_t Count>
MOTE_ALWAYS_INLINE void pool_f32_block(const float* input, float* output, const PoolWindow& at) {
  LanesF32<Count> result = Kind::template start<Count>();
  for (int32_t kd = at.planes.begin; kd < at.planes.end; ++kd) {
    const int32_t plane = at.origin_d + kd * G::dilation_d;
    for (int32_t kh = at.rows.begin; kh < at.rows.end; ++kh) {
      const int32_t row = (plane * G::in_h + at.origin_h + kh * G::dilation_h) * G::in_w + at.origin_w;
      for (int32_t kw = at.columns.begin; kw < at.columns.end; ++kw) {
        const float* tap = input + (row + kw * G::dilation_w) * G::channels;
        Kind::template take<Count>(result, LanesF32<Count>::load(tap));
      }
    }
  }
  Kind::template end<Count>(result, at);
  finish_f32<PoolF32Epilogue<G>, Count>(result, nullptr, output);
}

// Every channel at one output position.
template <class G, class Kind>
inline void pool_f32_position(const float* input, float* output, const PoolWindow& at) {
  constexpr int32_t blocks = G::channels / G::tile_c;
  constexpr int32_t left_lanes = G::channels % G::tile_c;
  for (int32_t block = 0; block < blocks; ++block) {
    pool_f32_block<G, Kind, G::tile_c>(input + block * G::tile_c, output + block * G::tile_c, at);
  }
  if (left_lanes != 0) {
    constexpr int32_t lanes = left_lanes == 0 ? 1 : left_lanes;
    pool_f32_block<G, Kind, lanes>(input + blocks * G::tile_c, output + blocks * G::tile_c, at);
  }
}

// The i-th of `count` positions, or the i-th from the end.
template <bool Backward>
MOTE_ALWAYS_INLINE constexpr int32_t visited(int32_t i, int32_t count) {
  return Backward ? count - 1 - i : i;
}

// One row of output positions: `at` comes with its planes and rows set.
template <class G, class Kind, bool Backward>
inline void pool_f32_row(const float* input, float* output, PoolWindow at) {
  for (int32_t i = 0; i < G::out_w; ++i) {
    const int32_t ow = visited<Backward>(i, G::out_w);
    at.origin_w = ow * G::stride_w - G::pad_left;
    at.columns = taps_inside(at.origin_w, G::in_w, G::kernel_w, G::dilation_w);
    pool_f32_position<G, Kind>(input, output + ow * G::channels, at);
  }
}

template <class G, class Kind, bool Backward>
inline void pool_f32(const float* input, float* output) {
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
        pool_f32_row<G, Kind, Backward>(
            input + image * G::in_d * G::in_h * G::in_w * G::channels,
            output + ((image * G::out_d + od) * G::out_h + oh) * G::out_w * G::channels, at);
      }
    }
  }
}

template <class G>
inline void max_pool2d_f32(G, const float* input, float* output) {
  pool_f32<G, MaxPoolF32<G>, false>(input, output);
}

template <class G>
inline void average_pool2d_f32(G, const float* input, float* output) {
  pool_f32<G, AveragePoolF32<G>, false>(input, output);
}

// The same values, output positions from the last to the first.
template <class G>
inline void max_pool2d_f32_backward(G, const float* input, float* output) {
  pool_f32<G, MaxPoolF32<G>, true>(input, output);
}

template <class G>
inline void average_pool2d_f32_backward(G, const float* input, float* output) {
  pool_f32<G, AveragePoolF32<G>, true>(input, output);
}

}  // namespace MOTE_NAMESPACE

#endif  // MOTE_KERNELS_POOL2D_F32_HPP
