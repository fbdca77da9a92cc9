// Fully connected layer of integers: s8 or s16 activations, s8 weights, int32 sums.
//
//   input [rows][depth]   output, residual [rows][columns]   bias, multiplier [columns]
//   table [256] of the output's type
//   weights [depth][columns], plain or packed as in dense_f32.hpp
// Geometry: rows, depth, columns, weight_step, weight_block, tile_w (rows together), tile_c (columns together),
//   accumulator_shift, lowest, highest, residual_multiplier (int32_t), has_residual, has_table (bool).
// Value: quantized_window.hpp. Order of writes: that of window_rows.hpp for a 1x1 convolution.
#ifndef MOTE_KERNELS_QUANTIZED_DENSE_HPP
#define MOTE_KERNELS_QUANTIZED_DENSE_HPP

#include "quantized_window.hpp"

namespace MOTE_NAMESPACE {

template <class G>
struct QuantizedDenseAsConv2d : DenseAsConv2d<G> {
  static constexpr int32_t pad_value = 0, accumulator_shift = G::accumulator_shift;
  static constexpr int32_t lowest = G::lowest, highest = G::highest, residual_multiplier = G::residual_multiplier;
  static constexpr bool has_table = G::has_table;
};

template <class Input, class Residual, class Output, class G, class Weights>
inline void quantized_dense(G, const Input* input, Weights weights, constant_pointer<int32_t> bias,
                            constant_pointer<int32_t> multiplier, constant_pointer<Output> table,
                            const Residual* residual, Output* output) {
  window_rows(QuantizedWindow<Conv2dLayout<QuantizedDenseAsConv2d<G>>, Input, Weights, Residual, Output>{
      input, weights, bias, multiplier, table, residual, output});
}

// The same values, tiles from the last to the first.
template <class Input, class Residual, class Output, class G, class Weights>
inline void quantized_dense_backward(G, const Input* input, Weights weights, constant_pointer<int32_t> bias,
                                     constant_pointer<int32_t> multiplier, constant_pointer<Output> table,
                                     const Residual* residual, Output* output) {
  window_rows_backward(QuantizedWindow<Conv2dLayout<QuantizedDenseAsConv2d<G>>, Input, Weights, Residual, Output>{
      input, weights, bias, multiplier, table, residual, output});
}

}  // namespace MOTE_NAMESPACE

#endif  // MOTE_KERNELS_QUANTIZED_DENSE_HPP
