// 2-D convolution of integers: s8 or s16 activations, s8 weights, int32 sums. NHWC, any stride, pad, dilation and
// group.
//
//   input [batch][in_h][in_w][in_c]   output, residual [batch][out_h][out_w][out_c]   bias, multiplier [out_c]
//   table [256] of the output's type
//   weights [kernel_h][kernel_w][in_c / groups][out_c], plain or packed as in conv2d_f32.hpp
// Geometry: batch, in_h, in_w, in_c, out_h, out_w, out_c, kernel_h, kernel_w, stride_h, stride_w, pad_top, pad_left,
//   dilation_h, dilation_w, groups, weight_step, weight_block, tile_w, tile_c (int32_t), and those of
//   quantized_window.hpp, which also says what is computed.
// Order of writes: window_rows.hpp; 1x1 convolutions of stride 1 without pads as one row.
#ifndef MOTE_KERNELS_QUANTIZED_CONV2D_HPP
#define MOTE_KERNELS_QUANTIZED_CONV2D_HPP

#include "quantized_window.hpp"

namespace MOTE_NAMESPACE {

template <class Input, class Residual, class Output, class G, class Weights>
inline void quantized_conv2d(G, const Input* input, Weights weights, constant_pointer<int32_t> bias,
                             constant_pointer<int32_t> multiplier, constant_pointer<Output> table,
                             const Residual* residual, Output* output) {
  window_rows(QuantizedWindow<Conv2dLayout<G>, Input, Weights, Residual, Output>{input, weights, bias, multiplier,
                                                                                 table, residual, output});
}

// The same values, tiles from the last to the first.
template <class Input, class Residual, class Output, class G, class Weights>
inline void quantized_conv2d_backward(G, const Input* input, Weights weights, constant_pointer<int32_t> bias,
                                      constant_pointer<int32_t> multiplier, constant_pointer<Output> table,
                                      const Residual* residual, Output* output) {
  window_rows_backward(QuantizedWindow<Conv2dLayout<G>, Input, Weights, Residual, Output>{
      input, weights, bias, multiplier, table, residual, output});
}

}  // namespace MOTE_NAMESPACE

#endif  // MOTE_KERNELS_QUANTIZED_CONV2D_HPP
