// Depthwise 2-D convolution, float32: ONNX Conv with group == in_c, on NHWC activations.
//
//   input [batch][in_h][in_w][in_c]   output, residual [batch][out_h][out_w][out_c]   bias [out_c] or nullptr (zeros)
//   out_c = in_c * multiplier; output channel oc = c * multiplier + m reads input channel c alone.
//   weights: tap k = kh * kernel_w + kw; the weight of output channel oc lies at
//     block(oc) * weight_block + k * weight_step + lane(oc), where block and lane count tile_c channels at a time.
//     Plain [kh][kw][oc]: weight_step = out_c, weight_block = tile_c. Packed: weight_step = tile_c,
//     weight_block = kernel_h * kernel_w * tile_c. With multiplier > 1, tile_c divides multiplier.
// Geometry: the fields of conv2d_f32.hpp without `groups`, and multiplier (int32_t).
//
// Value: sum = bias, then for kh, kw in that order sum += x * w (two roundings), taps in the padding skipped; then
// + residual, then the clamp.
// Order of writes: as in conv2d_f32.hpp (no special 1x1 row): tiles in row-major order of pixels, blocks of channels
// inside a tile. A block reads only the input channels it belongs to, all of its window before it writes; how far the
// output may lie over the input follows from window.hpp. In place (stride 1, no pads, one tap) needs tile_w == 1 or a
// single block.
#ifndef MOTE_KERNELS_DEPTHWISE_CONV2D_F32_HPP
#define MOTE_KERNELS_DEPTHWISE_CONV2D_F32_HPP

#include "conv2d_f32.hpp"

namespace MOTE_NAMESPACE {

// One block of Count channels at Width pixels. `input` points at the block's first input channel.
template <class G, int32_t Width, int32_t Count>
MOTE_ALWAYS_INLINE void depthwise_conv2d_f32_block(const float* input, constant_pointer<float> weights,
                                                   constant_pointer<float> bias, const float* residual, float* output,
                                                   const TapWindow& window) {
  typedef LanesF32<Count> Lanes;
  constexpr int32_t pixel_step = G::stride_w * G::in_c;
  TileF32<Width, Count> sums;
  sums.fill(bias == nullptr ? Lanes::splat(0.0f) : Lanes::load(bias));
  for (int32_t kh = window.rows.begin; kh < window.rows.end; ++kh) {
    const int32_t row = (window.origin_h + kh * G::dilation_h) * G::in_w + window.origin_w;
    for (int32_t kw = window.columns.begin; kw < window.columns.end; ++kw) {
      const float* x = input + (row + kw * G::dilation_w) * G::in_c;
      const Lanes taps = Lanes::load(weights + (kh * G::kernel_w + kw) * G::weight_step);
      if (G::multiplier == 1) {
        sums.add_lane_products(x, pixel_step, taps);
      } else {
        sums.add_products(x, pixel_step, taps);
      }
    }
  }
  sums.template finish<G>(residual, output, G::out_c);
}

// Every block of channels at one tile of Width pixels.
template <class G, int32_t Width>
inline void depthwise_conv2d_f32_tile(const float* input, constant_pointer<float> weights, constant_pointer<float> bias,
                                      const float* residual, float* output, const TapWindow& window) {
  static_assert(G::out_c == G::in_c * G::multiplier, "every input channel has `multiplier` output channels");
  static_assert(G::multiplier == 1 || G::multiplier % G::tile_c == 0, "a block reads one input channel");
  constexpr int32_t blocks = G::out_c / G::tile_c;
  constexpr int32_t left_lanes = G::out_c % G::tile_c;
  for (int32_t block = 0; block < blocks; ++block) {
    const int32_t oc = block * G::tile_c;
    depthwise_conv2d_f32_block<G, Width, G::tile_c>(input + oc / G::multiplier, weights + block * G::weight_block,
                                                    bias == nullptr ? bias : bias + oc,
                                                    G::has_residual ? residual + oc : nullptr, output + oc, window);
  }
  if (left_lanes != 0) {
    constexpr int32_t oc = blocks * G::tile_c;
    constexpr int32_t lanes = left_lanes == 0 ? 1 : left_lanes;
    depthwise_conv2d_f32_block<G, Width, lanes>(input + oc / G::multiplier, weights + blocks * G::weight_block,
                                                bias == nullptr ? bias : bias + oc,
                                                G::has_residual ? residual + oc : nullptr, output + oc, window);
  }
}

// The tile that begins at `ow`, wherever it lies in its row; gives its width.
template <class G>
MOTE_ALWAYS_INLINE int32_t depthwise_conv2d_f32_tile_at(const float* input, constant_pointer<float> weights,
                                                        constant_pointer<float> bias, const float* residual,
                                                        float* output, TapRange rows, int32_t origin_h, int32_t ow) {
  typedef RowCut<G, G::in_w, G::out_w> Cut;
  const float* kept = G::has_residual ? residual + ow * G::out_c : nullptr;
  float* y = output + ow * G::out_c;
  const int32_t origin_w = ow * G::stride_w - G::pad_left;
  if (Cut::whole_tile_at(ow)) {
    const TapWindow window{rows, TapRange{0, G::kernel_w}, origin_h, origin_w};
    depthwise_conv2d_f32_tile<G, G::tile_w>(input, weights, bias, kept, y, window);
    return G::tile_w;
  }
  if (Cut::last_tile_at(ow)) {
    const TapWindow window{rows, TapRange{0, G::kernel_w}, origin_h, origin_w};
    depthwise_conv2d_f32_tile<G, Cut::left_width>(input, weights, bias, kept, y, window);
    return Cut::left_width;
  }
  const TapWindow window{rows, taps_inside(origin_w, G::in_w, G::kernel_w, G::dilation_w), origin_h, origin_w};
  depthwise_conv2d_f32_tile<G, 1>(input, weights, bias, kept, y, window);
  return 1;
}

// One row of output pixels, cut into tiles; the tiles from left to right, or from right to left.
template <class G, bool Backward>
inline void depthwise_conv2d_f32_row(const float* input, constant_pointer<float> weights, constant_pointer<float> bias,
                                     const float* residual, float* output, int32_t image, int32_t oh) {
  typedef RowCut<G, G::in_w, G::out_w> Cut;
  const int32_t origin_h = oh * G::stride_h - G::pad_top;
  const TapRange rows = taps_inside(origin_h, G::in_h, G::kernel_h, G::dilation_h);
  const int32_t written = (image * G::out_h + oh) * G::out_w * G::out_c;
  const float* x = input + image * G::in_h * G::in_w * G::in_c;
  const float* kept = G::has_residual ? residual + written : nullptr;
  if (Backward) {
    for (int32_t end = G::out_w; end > 0;) {
      end -= Cut::width_before(end);
      depthwise_conv2d_f32_tile_at<G>(x, weights, bias, kept, output + written, rows, origin_h, end);
    }
  } else {
    for (int32_t ow = 0; ow < G::out_w;) {
      ow += depthwise_conv2d_f32_tile_at<G>(x, weights, bias, kept, output + written, rows, origin_h, ow);
    }
  }
}

template <class G>
inline void depthwise_conv2d_f32(G, const float* input, constant_pointer<float> weights, constant_pointer<float> bias,
                                 const float* residual, float* output) {
  for (int32_t image = 0; image < G::batch; ++image) {
    for (int32_t oh = 0; oh < G::out_h; ++oh) {
      depthwise_conv2d_f32_row<G, false>(input, weights, bias, residual, output, image, oh);
    }
  }
}

// The same values, tiles from the last to the first.
template <class G>
inline void depthwise_conv2d_f32_backward(G, const float* input, constant_pointer<float> weights,
                                          constant_pointer<float> bias, const float* residual, float* output) {
  for (int32_t image = G::batch - 1; image >= 0; --image) {
    for (int32_t oh = G::out_h - 1; oh >= 0; --oh) {
      depthwise_conv2d_f32_row<G, true>(input, weights, bias, residual, output, image, oh);
    }
  }
}

}  // namespace MOTE_NAMESPACE

#endif  // MOTE_KERNELS_DEPTHWISE_CONV2D_F32_HPP
