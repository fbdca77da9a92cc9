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
// Order of writes: window_rows.hpp. A 1x1 convolution of stride 1 without pads sees all batch * out_h * out_w pixels as
// one row. conv2d_f32_backward visits the tiles in descending order.
#ifndef MOTE_KERNELS_CONV2D_F32_HPP
#define MOTE_KERNELS_CONV2D_F32_HPP

#include "window_f32.hpp"

namespace MOTE_NAMESPACE {

template <class G>
inline void conv2d_f32(G, const float* input, constant_pointer<float> weights, constant_pointer<float> bias,
                       const float* residual, float* output) {
  window_rows(WindowF32<Conv2dLayout<G>>{input, weights, bias, residual, output});
}

template <class G>
inline void conv2d_f32_backward(G, const float* input, constant_pointer<float> weights, constant_pointer<float> bias,
                                const float* residual, float* output) {
  window_rows_backward(WindowF32<Conv2dLayout<G>>{input, weights, bias, residual, output});
}

}  // namespace MOTE_NAMESPACE

#endif  // MOTE_KERNELS_CONV2D_F32_HPP
