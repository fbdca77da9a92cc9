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
// Order of writes: see pool2d_loops.hpp.
#ifndef MOTE_KERNELS_POOL2D_F32_HPP
#define MOTE_KERNELS_POOL2D_F32_HPP

#include "lanes_f32.hpp"
#include "pool2d_loops.hpp"

namespace MOTE_NAMESPACE {

template <class G>
struct PoolF32Epilogue {
  static constexpr bool has_residual = false, clamp_low = G::clamp_low, clamp_high = G::clamp_high;
  static constexpr float lowest = G::lowest, highest = G::highest;
};

template <class G>
struct MaxPoolF32 {
  template <int32_t Count>
  using State = LanesF32<Count>;

  template <int32_t Count>
  static MOTE_ALWAYS_INLINE LanesF32<Count> start() {
    return LanesF32<Count>::splat(float_of(0xff800000u));
  }
  template <int32_t Count>
  static MOTE_ALWAYS_INLINE void take(LanesF32<Count>& result, const float* tap) {
    result.take_greater(LanesF32<Count>::load(tap));
  }
  template <int32_t Count>
  static MOTE_ALWAYS_INLINE void finish(LanesF32<Count>& result, float* output, const PoolWindow&) {
    finish_f32<PoolF32Epilogue<G>, Count>(result, nullptr, output);
  }
};

template <class G>
struct AveragePoolF32 {
  template <int32_t Count>
  using State = LanesF32<Count>;

  template <int32_t Count>
  static MOTE_ALWAYS_INLINE LanesF32<Count> start() {
    return LanesF32<Count>::splat(0.0f);
  }
  template <int32_t Count>
  static MOTE_ALWAYS_INLINE void take(LanesF32<Count>& result, const float* tap) {
    result.add(LanesF32<Count>::load(tap));
  }
  template <int32_t Count>
  static MOTE_ALWAYS_INLINE void finish(LanesF32<Count>& result, float* output, const PoolWindow& at) {
    const int32_t taps = G::count_include_pad ? taps_in_padded_input<G>(at) : taps_in_input(at);
    result.divide(taps > 0 ? static_cast<float>(taps) : 1.0f);
    finish_f32<PoolF32Epilogue<G>, Count>(result, nullptr, output);
  }
};

template <class G>
inline void max_pool2d_f32(G, const float* input, float* output) {
  pool_positions<G, false>(MaxPoolF32<G>(), input, output);
}

template <class G>
inline void average_pool2d_f32(G, const float* input, float* output) {
  pool_positions<G, false>(AveragePoolF32<G>(), input, output);
}

// The same values, output positions from the last to the first.
template <class G>
inline void max_pool2d_f32_backward(G, const float* input, float* output) {
  pool_positions<G, true>(MaxPoolF32<G>(), input, output);
}

template <class G>
inline void average_pool2d_f32_backward(G, const float* input, float* output) {
  pool_positions<G, true>(AveragePoolF32<G>(), input, output);
}

}  // namespace MOTE_NAMESPACE

#endif  // MOTE_KERNELS_POOL2D_F32_HPP
