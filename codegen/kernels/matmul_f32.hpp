// Matrix product of two activations, float32: ONNX MatMul (and Gemm without a constant operand).
//
//   output [batch_0][batch_1][batch_2][batch_3][rows][columns], dense row-major
//   left:  element (i, k) of batch (b0, b1, b2, b3) at sum of left_batch_step_j * b_j + i * left_row_step + k
//   right: element (k, j) likewise at right_batch_step_j * b_j + k * right_depth_step + j * right_column_step
//   A batch step of 0 broadcasts an operand. right_column_step == 1 is the fast case; a transposed right operand has
//   right_depth_step == 1 and right_column_step == depth.
// Geometry: batch_0..batch_3, rows, depth, columns, left_batch_step_0..3, left_row_step, right_batch_step_0..3,
//   right_depth_step, right_column_step, tile_w (rows together), tile_c (columns together) (int32_t), clamp_low,
//   clamp_high (bool), lowest, highest (float).
//
// Value: sum = 0, then sum += left * right for k upwards (two roundings), then the clamp.
// Order of writes: batches in row-major order, tiles of tile_w rows upwards (the last one takes what is left), in each
// the blocks of tile_c columns upwards, in a block the rows upwards. Every block reads its tile's rows of left; every
// tile reads the whole right matrix of its batch. So left must survive the writes of its own tile (unless there is one
// block only), and right those of its whole batch, of every batch where it is broadcast.
#ifndef MOTE_KERNELS_MATMUL_F32_HPP
#define MOTE_KERNELS_MATMUL_F32_HPP

#include "kernel_base.hpp"
#include "lanes_f32.hpp"
#include "tile.hpp"

namespace MOTE_NAMESPACE {

// A product has no residual; the epilogue it shares with the convolutions asks.
template <class G>
struct MatmulF32Epilogue {
  static constexpr bool has_residual = false, clamp_low = G::clamp_low, clamp_high = G::clamp_high;
  static constexpr float lowest = G::lowest, highest = G::highest;
};

template <class G, int32_t Width, int32_t Count>
MOTE_ALWAYS_INLINE void matmul_f32_block(const float* left, const float* right, float* output) {
  typedef LanesF32<Count> Lanes;
  Tile<Width, Lanes> sums;
  sums.fill(Lanes::splat(0.0f));
  for (int32_t k = 0; k < G::depth; ++k) {
    const float* w = right + k * G::right_depth_step;
    if (G::right_column_step == 1) {
      sums.add_products(left + k, G::left_row_step, Lanes::load(w));
    } else {
      sums.add_products(left + k, G::left_row_step, Lanes::gather(w, 0, G::right_column_step));
    }
  }
  sums.finish(FinishF32<MatmulF32Epilogue<G>, Count>{nullptr, output}, G::columns);
}

// Width rows of the output.
template <class G, int32_t Width>
inline void matmul_f32_tile(const float* left, const float* right, float* output) {
  constexpr int32_t blocks = G::columns / G::tile_c;
  constexpr int32_t left_lanes = G::columns % G::tile_c;
  for (int32_t block = 0; block < blocks; ++block) {
    const int32_t column = block * G::tile_c;
    matmul_f32_block<G, Width, G::tile_c>(left, right + column * G::right_column_step, output + column);
  }
  if (left_lanes != 0) {
    constexpr int32_t column = blocks * G::tile_c;
    constexpr int32_t lanes = left_lanes == 0 ? 1 : left_lanes;
    matmul_f32_block<G, Width, lanes>(left, right + column * G::right_column_step, output + column);
  }
}

template <class G>
inline void matmul_f32_batch(const float* left, const float* right, float* output) {
  constexpr int32_t tiles = G::rows / G::tile_w;
  constexpr int32_t left_rows = G::rows % G::tile_w;
  for (int32_t tile = 0; tile < tiles; ++tile) {
    const int32_t row = tile * G::tile_w;
    matmul_f32_tile<G, G::tile_w>(left + row * G::left_row_step, right, output + row * G::columns);
  }
  if (left_rows != 0) {
    constexpr int32_t row = tiles * G::tile_w;
    constexpr int32_t width = left_rows == 0 ? 1 : left_rows;
    matmul_f32_tile<G, width>(left + row * G::left_row_step, right, output + row * G::columns);
  }
}

template <class G>
inline void matmul_f32(G, const float* left, const float* right, float* output) {
  float* y = output;
  for (int32_t b0 = 0; b0 < G::batch_0; ++b0) {
    for (int32_t b1 = 0; b1 < G::batch_1; ++b1) {
      for (int32_t b2 = 0; b2 < G::batch_2; ++b2) {
        for (int32_t b3 = 0; b3 < G::batch_3; ++b3) {
          matmul_f32_batch<G>(left + b0 * G::left_batch_step_0 + b1 * G::left_batch_step_1 + b2 * G::left_batch_step_2 +
                                  b3 * G::left_batch_step_3,
                              right + b0 * G::right_batch_step_0 + b1 * G::right_batch_step_1 +
                                  b2 * G::right_batch_step_2 + b3 * G::right_batch_step_3,
                              y);
          y += G::rows * G::columns;
        }
      }
    }
  }
}

}  // namespace MOTE_NAMESPACE

#endif  // MOTE_KERNELS_MATMUL_F32_HPP
