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
// Order of writes: window_rows.hpp (no special 1x1 row). A block reads only the input channels it belongs to. In place
// (stride 1, no pads, one tap) needs tile_w == 1 or a single block.
#ifndef MOTE_KERNELS_DEPTHWISE_CONV2D_F32_HPP
#define MOTE_KERNELS_DEPTHWISE_CONV2D_F32_HPP

#include "window_f32.hpp"

namespace MOTE_NAMESPACE {

template <class G>
inline void depthwise_conv2d_f32(G, const float* input, constant_pointer<float> weights, constant_pointer<float> bias,
                                 const float* residual, float* output) {
  window_rows(WindowF32<DepthwiseLayout<G>>{input, weights, bias, residual, output});
}

template <class G>
inline void depthwise_conv2d_f32_backward(G, const float* input, constant_pointer<float> weights,
                                          constant_pointer<float> bias, const float* residual, float* output) {
  window_rows_backward(WindowF32<DepthwiseLayout<G>>{input, weights, bias, residual, output});
}

}  // namespace MOTE_NAMESPACE

#endif  // MOTE_KERNELS_DEPTHWISE_CONV2D_F32_HPP
