// 2-D convolution, float32: ONNX Conv (opset 1..22) on NHWC activations, any stride, pad, dilation and group.
//
//   input [batch][in_h][in_w][in_c]   output, residual [batch][out_h][out_w][out_c]   bias [out_c] or nullptr (zeros)
//   weights: reduction index k = (kh * kernel_w + kw) * (in_c / groups) + ic; the weight of output channel oc lies at
//     block(oc) * weight_block + k * weight_step + lane(oc), where block and lane count tile_c channels at a time.
//     Plain HWIO: weight_step = out_c, weight_block = tile_c. Packed: weight_step = tile_c, weight_block = K * tile_c,
//     the last block padded to tile_c lanes when tile_c does not divide out_c (the padding is never read).
//     With groups > 1 a block may not cross a group: tile_c divides out_c / groups.
// Geometry: batch, in_h, in_w, in_c, out_h, out_w, out_c, kernel_h, kernel_w, stride_h, stride_w, pad_top, pad_left,
//   dilation_h, dilation_w, groups, weight_step, weight_block, tile_w, tile_c (int32_t), has_residual, clamp_low,
//   clamp_high (bool), lowest, highest (float, used when their flag is set).
//
// Value: sum = bias, then for kh, kw, ic in that order sum += x * w (two roundings), taps in the padding skipped; then
// + residual, then the clamp. The tile changes only what is computed together.
//
// Order of writes: tiles in row-major order of pixels, inside a tile blocks of channels upwards, inside a block pixels
// upwards. A row is cut so: its border pixels (windows that leave the input sideways) are tiles of one pixel; the
// pixels between them are tiles of tile_w, then one tile of what is left. A 1x1 convolution of stride 1 without pads
// sees all batch * out_h * out_w pixels as one row. A block reads its whole window, and its part of the residual,
// before it writes; how far the output may lie over the input follows from window.hpp. The residual may be the output
// buffer itself. conv2d_f32_backward visits the tiles in descending order.
#ifndef MOTE_KERNELS_CONV2D_F32_HPP
#define MOTE_KERNELS_CONV2D_F32_HPP

#include "kernel_base.hpp"
#include "lanes_f32.hpp"
#include "window.hpp"

namespace MOTE_NAMESPACE {

// What follows from a geometry at compile time.
template <class G>
struct Conv2dF32Shape {
  static constexpr int32_t group_in_c = G::in_c / G::groups;
  static constexpr int32_t group_out_c = G::out_c / G::groups;
  static constexpr int32_t whole_blocks = group_out_c / G::tile_c;
  static constexpr int32_t left_lanes = group_out_c % G::tile_c;
  static_assert(G::groups == 1 || left_lanes == 0, "a block of channels may not cross a group");

  static constexpr bool pointwise = G::kernel_h == 1 && G::kernel_w == 1 && G::stride_h == 1 && G::stride_w == 1 &&
                                    G::pad_top == 0 && G::pad_left == 0 && G::in_h == G::out_h && G::in_w == G::out_w;
  static constexpr int32_t images = pointwise ? 1 : G::batch;
  static constexpr int32_t in_h = pointwise ? 1 : G::in_h;
  static constexpr int32_t in_w = pointwise ? G::batch * G::in_h * G::in_w : G::in_w;
  static constexpr int32_t out_h = pointwise ? 1 : G::out_h;
  static constexpr int32_t out_w = pointwise ? G::batch * G::out_h * G::out_w : G::out_w;
};

// One block of Count channels at Width pixels.
template <class G, int32_t Width, int32_t Count>
MOTE_ALWAYS_INLINE void conv2d_f32_block(const float* input, constant_pointer<float> weights,
                                         constant_pointer<float> bias, const float* residual, float* output,
                                         const TapWindow& window) {
  typedef LanesF32<Count> Lanes;
  typedef Conv2dF32Shape<G> Shape;
  // Taps of one kernel row are one run in memory unless a dilation or other groups' channels lie between them.
  constexpr bool run_of_columns = G::groups == 1 && G::dilation_w == 1;
  constexpr int32_t pixel_step = G::stride_w * G::in_c;
  const int32_t runs = run_of_columns ? 1 : window.columns.end - window.columns.begin;
  const int32_t run_length =
      run_of_columns ? (window.columns.end - window.columns.begin) * Shape::group_in_c : Shape::group_in_c;

  TileF32<Width, Count> sums;
  sums.fill(bias == nullptr ? Lanes::splat(0.0f) : Lanes::load(bias));
  for (int32_t kh = window.rows.begin; kh < window.rows.end; ++kh) {
    const int32_t row = (window.origin_h + kh * G::dilation_h) * Shape::in_w + window.origin_w;
    for (int32_t run = 0; run < runs; ++run) {
      const int32_t kw = window.columns.begin + run;
      const float* x = input + (row + kw * G::dilation_w) * G::in_c;
      constant_pointer<float> w = weights + (kh * G::kernel_w + kw) * Shape::group_in_c * G::weight_step;
      for (int32_t k = 0; k < run_length; ++k) {
        sums.add_products(x + k, pixel_step, Lanes::load(w + k * G::weight_step));
      }
    }
  }
  sums.template finish<G>(residual, output, G::out_c);
}

// Every block of channels at one tile of Width pixels.
template <class G, int32_t Width>
inline void conv2d_f32_tile(const float* input, constant_pointer<float> weights, constant_pointer<float> bias,
                            const float* residual, float* output, const TapWindow& window) {
  typedef Conv2dF32Shape<G> Shape;
  for (int32_t group = 0; group < G::groups; ++group) {
    const float* x = input + group * Shape::group_in_c;
    for (int32_t block = 0; block < Shape::whole_blocks; ++block) {
      const int32_t oc = group * Shape::group_out_c + block * G::tile_c;
      constant_pointer<float> w = weights + (group * Shape::whole_blocks + block) * G::weight_block;
      conv2d_f32_block<G, Width, G::tile_c>(x, w, bias == nullptr ? bias : bias + oc,
                                            G::has_residual ? residual + oc : nullptr, output + oc, window);
    }
  }
  if (Shape::left_lanes != 0) {
    constexpr int32_t oc = Shape::whole_blocks * G::tile_c;
    constexpr int32_t lanes = Shape::left_lanes == 0 ? 1 : Shape::left_lanes;
    conv2d_f32_block<G, Width, lanes>(input, weights + Shape::whole_blocks * G::weight_block,
                                      bias == nullptr ? bias : bias + oc, G::has_residual ? residual + oc : nullptr,
                                      output + oc, window);
  }
}

// The tile that begins at `ow`, wherever it lies in its row; gives its width.
template <class G>
MOTE_ALWAYS_INLINE int32_t conv2d_f32_tile_at(const float* input, constant_pointer<float> weights,
                                              constant_pointer<float> bias, const float* residual, float* output,
                                              TapRange rows, int32_t origin_h, int32_t ow) {
  typedef Conv2dF32Shape<G> Shape;
  typedef RowCut<G, Shape::in_w, Shape::out_w> Cut;
  const float* kept = G::has_residual ? residual + ow * G::out_c : nullptr;
  float* y = output + ow * G::out_c;
  const int32_t origin_w = ow * G::stride_w - G::pad_left;
  if (Cut::whole_tile_at(ow)) {
    const TapWindow window{rows, TapRange{0, G::kernel_w}, origin_h, origin_w};
    conv2d_f32_tile<G, G::tile_w>(input, weights, bias, kept, y, window);
    return G::tile_w;
  }
  if (Cut::last_tile_at(ow)) {
    const TapWindow window{rows, TapRange{0, G::kernel_w}, origin_h, origin_w};
    conv2d_f32_tile<G, Cut::left_width>(input, weights, bias, kept, y, window);
    return Cut::left_width;
  }
  const TapWindow window{rows, taps_inside(origin_w, Shape::in_w, G::kernel_w, G::dilation_w), origin_h, origin_w};
  conv2d_f32_tile<G, 1>(input, weights, bias, kept, y, window);
  return 1;
}

// One row of output pixels, cut into tiles; the tiles from left to right, or from right to left.
template <class G, bool Backward>
inline void conv2d_f32_row(const float* input, constant_pointer<float> weights, constant_pointer<float> bias,
                           const float* residual, float* output, int32_t image, int32_t oh) {
  typedef Conv2dF32Shape<G> Shape;
  typedef RowCut<G, Shape::in_w, Shape::out_w> Cut;
  const int32_t origin_h = oh * G::stride_h - G::pad_top;
  const TapRange rows = taps_inside(origin_h, Shape::in_h, G::kernel_h, G::dilation_h);
  const int32_t written = (image * Shape::out_h + oh) * Shape::out_w * G::out_c;
  const float* x = input + image * Shape::in_h * Shape::in_w * G::in_c;
  const float* kept = G::has_residual ? residual + written : nullptr;
  if (Backward) {
    for (int32_t end = Shape::out_w; end > 0;) {
      end -= Cut::width_before(end);
      conv2d_f32_tile_at<G>(x, weights, bias, kept, output + written, rows, origin_h, end);
    }
  } else {
    for (int32_t ow = 0; ow < Shape::out_w;) {
      ow += conv2d_f32_tile_at<G>(x, weights, bias, kept, output + written, rows, origin_h, ow);
    }
  }
}

template <class G>
inline void conv2d_f32(G, const float* input, constant_pointer<float> weights, constant_pointer<float> bias,
                       const float* residual, float* output) {
  typedef Conv2dF32Shape<G> Shape;
  for (int32_t image = 0; image < Shape::images; ++image) {
    for (int32_t oh = 0; oh < Shape::out_h; ++oh) {
      conv2d_f32_row<G, false>(input, weights, bias, residual, output, image, oh);
    }
  }
}

// The same values, tiles from the last to the first.
template <class G>
inline void conv2d_f32_backward(G, const float* input, constant_pointer<float> weights, constant_pointer<float> bias,
                                const float* residual, float* output) {
  typedef Conv2dF32Shape<G> Shape;
  for (int32_t image = Shape::images - 1; image >= 0; --image) {
    for (int32_t oh = Shape::out_h - 1; oh >= 0; --oh) {
      conv2d_f32_row<G, true>(input, weights, bias, residual, output, image, oh);
    }
  }
}

}  // namespace MOTE_NAMESPACE

#endif  // MOTE_KERNELS_CONV2D_F32_HPP
