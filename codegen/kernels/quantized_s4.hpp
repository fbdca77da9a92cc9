// The integer products with weights of four bits (half_bytes.hpp), otherwise those of quantized_conv2d.hpp,
// quantized_depthwise_conv2d.hpp and quantized_dense.hpp: the same sums, the same order of writes.
//
//   weights [kernel_h][kernel_w][in_c / groups][out_c], [kernel_h][kernel_w][out_c] or [depth][columns], two of the
//   last axis in a byte and a whole number of bytes for each of its runs. weight_step and weight_block count bytes.
// Geometry: as there; tile_c is even, or all channels are one tile. With groups, or a multiplier, of even extent.
#ifndef MOTE_KERNELS_QUANTIZED_S4_HPP
#define MOTE_KERNELS_QUANTIZED_S4_HPP

#include "half_bytes.hpp"
#include "quantized_conv2d.hpp"
#include "quantized_dense.hpp"
#include "quantized_depthwise_conv2d.hpp"

namespace MOTE_NAMESPACE {

template <class Input, class Residual, class Output, class G>
inline void quantized_conv2d_s4(G geometry, const Input* input, constant_pointer<uint8_t> weights,
                                constant_pointer<int32_t> bias, constant_pointer<int32_t> multiplier,
                                constant_pointer<Output> table, const Residual* residual, Output* output) {
  quantized_conv2d<Input, Residual, Output>(geometry, input, HalfBytes{weights}, bias, multiplier, table, residual,
                                            output);
}

template <class Input, class Residual, class Output, class G>
inline void quantized_conv2d_s4_backward(G geometry, const Input* input, constant_pointer<uint8_t> weights,
                                         constant_pointer<int32_t> bias, constant_pointer<int32_t> multiplier,
                                         constant_pointer<Output> table, const Residual* residual, Output* output) {
  quantized_conv2d_backward<Input, Residual, Output>(geometry, input, HalfBytes{weights}, bias, multiplier, table,
                                                     residual, output);
}

template <class Input, class Residual, class Output, class G>
inline void quantized_depthwise_conv2d_s4(G geometry, const Input* input, constant_pointer<uint8_t> weights,
                                          constant_pointer<int32_t> bias, constant_pointer<int32_t> multiplier,
                                          constant_pointer<Output> table, const Residual* residual, Output* output) {
  quantized_depthwise_conv2d<Input, Residual, Output>(geometry, input, HalfBytes{weights}, bias, multiplier, table,
                                                      residual, output);
}

template <class Input, class Residual, class Output, class G>
inline void quantized_depthwise_conv2d_s4_backward(G geometry, const Input* input, constant_pointer<uint8_t> weights,
                                                   constant_pointer<int32_t> bias, constant_pointer<int32_t> multiplier,
                                                   constant_pointer<Output> table, const Residual* residual,
                                                   Output* output) {
  quantized_depthwise_conv2d_backward<Input, Residual, Output>(geometry, input, HalfBytes{weights}, bias, multiplier,
                                                               table, residual, output);
}

template <class Input, class Residual, class Output, class G>
inline void quantized_dense_s4(G geometry, const Input* input, constant_pointer<uint8_t> weights,
                               constant_pointer<int32_t> bias, constant_pointer<int32_t> multiplier,
                               constant_pointer<Output> table, const Residual* residual, Output* output) {
  quantized_dense<Input, Residual, Output>(geometry, input, HalfBytes{weights}, bias, multiplier, table, residual,
                                           output);
}

template <class Input, class Residual, class Output, class G>
inline void quantized_dense_s4_backward(G geometry, const Input* input, constant_pointer<uint8_t> weights,
                                        constant_pointer<int32_t> bias, constant_pointer<int32_t> multiplier,
                                        constant_pointer<Output> table, const Residual* residual, Output* output) {
  quantized_dense_backward<Input, Residual, Output>(geometry, input, HalfBytes{weights}, bias, multiplier, table,
                                                    residual, output);
}

}  // namespace MOTE_NAMESPACE

#endif  // MOTE_KERNELS_QUANTIZED_S4_HPP
