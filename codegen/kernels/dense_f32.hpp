// Fully connected layer, float32: ONNX Gemm and MatMul with a constant right operand.
//
//   input [rows][depth]   output, residual [rows][columns]   bias [columns] or nullptr (zeros)
//   weights [depth][columns], plain (weight_step = columns, weight_block = tile_c) or packed in blocks of tile_c
//     columns (weight_step = tile_c, weight_block = depth * tile_c), as in conv2d_f32.hpp. With one row the weights
//     are what costs: packed, they are one forward stream; plain, a tile_c of whole cache lines fetches each once.
// Geometry: rows, depth, columns, weight_step, weight_block, tile_w (rows together), tile_c (columns together)
//   (int32_t), has_residual, clamp_low, clamp_high (bool), lowest, highest (float).
//
// Value: sum = bias, then sum += x[k] * w[k] for k upwards (two roundings); then + residual, then the clamp.
// Order of writes: that of window_rows.hpp for a 1x1 convolution: tiles of tile_w rows, in each the blocks of columns.
#ifndef MOTE_KERNELS_DENSE_F32_HPP
#define MOTE_KERNELS_DENSE_F32_HPP

#include "conv2d_f32.hpp"

namespace MOTE_NAMESPACE {

template <class G>
struct DenseF32AsConv2d : DenseAsConv2d<G> {
  static constexpr bool clamp_low = G::clamp_low, clamp_high = G::clamp_high;
  static constexpr float lowest = G::lowest, highest = G::highest;
};

template <class G>
inline void dense_f32(G, const float* input, constant_pointer<float> weights, constant_pointer<float> bias,
                      const float* residual, float* output) {
  conv2d_f32(DenseF32AsConv2d<G>{}, input, weights, bias, residual, output);
}

// The same values, tiles of rows from the last to the first.
template <class G>
inline void dense_f32_backward(G, const float* input, constant_pointer<float> weights, constant_pointer<float> bias,
                               const float* residual, float* output) {
  conv2d_f32_backward(DenseF32AsConv2d<G>{}, input, weights, bias, residual, output);
}

}  // namespace MOTE_NAMESPACE

#endif  // MOTE_KERNELS_DENSE_F32_HPP
