// Depthwise 2-D convolution of integers: s8 or s16 activations, s8 weights, int32 sums. NHWC.
//
//   input [batch][in_h][in_w][in_c]   output, residual [batch][out_h][out_w][out_c]   bias, multiplier [out_c]
//   table [256] of the output's type
//   out_c = in_c * multiplier; output channel c * multiplier + m reads input channel c alone.
//   weights [kernel_h][kernel_w][out_c], plain or packed as in depthwise_conv2d_f32.hpp
// Geometry: the fields of quantized_conv2d.hpp without `groups`, and multiplier (int32_t).
// Value: quantized_window.hpp. Order of writes: window_rows.hpp, no special 1x1 row.
#ifndef MOTE_KERNELS_QUANTIZED_DEPTHWISE_CONV2D_HPP
#define MOTE_KERNELS_QUANTIZED_DEPTHWISE_CONV2D_HPP

#include "quantized_window.hpp"

namespace MOTE_NAMESPACE {

template <class Input, class Residual, class Output, class G, class Weights>
inline void quantized_depthwise_conv2d(G, const Input* input, Weights weights, constant_pointer<int32_t> bias,
                                       constant_pointer<int32_t> multiplier, constant_pointer<Output> table,
                                       const Residual* residual, Output* output) {
  window_rows(QuantizedWindow<DepthwiseLayout<G>, Input, Weights, Residual, Output>{input, weights, bias, multiplier,
                                                                                    table, residual, output});
}

// The same values, tiles from the last to the first.
template <class Input, class Residual, class Output, class G, class Weights>
inline void quantized_depthwise_conv2d_backward(G, const Input* input, Weights weights, constant_pointer<int32_t> bias,
                                                constant_pointer<int32_t> multiplier, constant_pointer<Output> table,
                                                const Residual* residual, Output* output) {
  window_rows_backward(QuantizedWindow<DepthwiseLayout<G>, Input, Weights, Residual, Output>{
      input, weights, bias, multiplier, table, residual, output});
}

}  // namespace MOTE_NAMESPACE

#endif  // MOTE_KERNELS_QUANTIZED_DEPTHWISE_CONV2D_HPP
