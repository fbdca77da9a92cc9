// quantized_sparse.hpp in the shape of a core that multiplies bytes in pairs (byte_quads.hpp): weights are left out by
// blocks of tile_c output channels and four neighbouring input elements under a kernel row, a quad. Input of 8 bits.
//
//   stream [bytes]  for each block of tile_c output channels upwards, for each kernel row upwards, a run:
//     quads     how many, count_bytes bytes, the lowest first
//     steps     a byte for each: how many input elements, 0 to 255, lead from the first of the quad before, or from the
//               first under the kernel row, to its own first; then zeros up to a multiple of four bytes of the stream
//     by quad:  for each of the tile_c channels four weights (s8)
//   Longer ways have quads of 0 in between. The others begin at multiples of four elements of the kernel row's, and the
//   last one no later than four in front of the row's end; weights that a quad before has, too, are 0 in it.
// Geometry: that of quantized_conv2d.hpp or quantized_dense.hpp and count_bytes (1 or 2); tile_c divides the channels
//   of a group. The input channels of a group are a multiple of four, or columns lie side by side, without groups or
//   dilation, and are four elements together at least. weight_step and weight_block are not read.
// Order of writes: as there. Streams and inputs that begin at multiples of four bytes are read faster.
#ifndef MOTE_KERNELS_QUANTIZED_SPARSE_QUADS_HPP
#define MOTE_KERNELS_QUANTIZED_SPARSE_QUADS_HPP

#include "byte_quads.hpp"
#include "sparse_window.hpp"

namespace MOTE_NAMESPACE {

// A Form of sparse_window.hpp.
template <class G, class Input>
struct SparseQuads {
  typedef Conv2dLayout<G> Layout;
  typedef LanesS32<G::tile_c> Lanes;
  typedef constant_pointer<uint8_t> Stream;
  static constexpr int32_t quad_bytes = 4 * G::tile_c;
  static constexpr int32_t pixel_step = G::stride_w * G::in_c;
  static constexpr bool in_one_column = Layout::depth_per_tap % 4 == 0;
  static_assert(in_one_column || (G::groups == 1 && G::dilation_w == 1), "no gap may lie in a quad");

  static MOTE_ALWAYS_INLINE Stream weights_of(Stream run, int32_t quads) {
    return run + ((G::count_bytes + quads + 3) & ~3);
  }

  template <int32_t Width>
  static MOTE_ALWAYS_INLINE Stream add_run(Tile<Width, Lanes>& sums, const Input* x, Stream run) {
    const int32_t quads = count_of_run<G>(run);
    Stream steps = run + G::count_bytes;
    Stream weights = weights_of(run, quads);
    for (int32_t left = quads; left != 0; --left) {
      x += steps[0];
      QuadsAtPixels<Width, G::tile_c>::add(sums, x, pixel_step, ByteQuads<G::tile_c>::load(weights));
      steps = steps + 1;
      weights = weights + quad_bytes;
    }
    return weights;
  }

  template <int32_t Width>
  static inline Stream add_border_run(Tile<Width, Lanes>& sums, const Input* input, int32_t origin, TapRange columns,
                                      Stream run) {
    const Input level = static_cast<Input>(G::pad_value);
    Input elements[4] = {level, level, level, level};
    const int32_t begin = columns.begin * G::dilation_w * G::in_c;
    const int32_t end = (columns.end - 1) * G::dilation_w * G::in_c + Layout::depth_per_tap;
    const int32_t quads = count_of_run<G>(run);
    Stream weights = weights_of(run, quads);
    int32_t at = 0;
    for (int32_t quad = 0; quad < quads; ++quad) {
      at += run[G::count_bytes + quad];
      const Input* x = elements;
      if (at >= begin && at + 4 <= end) {
        x = input + (origin + at);
      } else if (!in_one_column) {
        for (int32_t i = 0; i < 4; ++i) {
          elements[i] = at + i >= begin && at + i < end ? input[origin + at + i] : level;
        }
      }
      QuadsAtPixels<Width, G::tile_c>::add(sums, x, 0, ByteQuads<G::tile_c>::load(weights));
      weights = weights + quad_bytes;
    }
    return weights;
  }

  static MOTE_ALWAYS_INLINE Stream behind_run(Stream run) {
    const int32_t quads = count_of_run<G>(run);
    return weights_of(run, quads) + quads * quad_bytes;
  }
};

template <class Input, class Residual, class Output, class G>
inline void quantized_conv2d_sparse_quads(G, const Input* input, constant_pointer<uint8_t> stream,
                                          constant_pointer<int32_t> bias, constant_pointer<int32_t> multiplier,
                                          constant_pointer<Output> table, const Residual* residual, Output* output) {
  window_rows(SparseWindow<G, SparseQuads<G, Input>, Input, Residual, Output>{input, stream, bias, multiplier, table,
                                                                              residual, output});
}

// The same values, tiles from the last to the first.
template <class Input, class Residual, class Output, class G>
inline void quantized_conv2d_sparse_quads_backward(G, const Input* input, constant_pointer<uint8_t> stream,
                                                   constant_pointer<int32_t> bias, constant_pointer<int32_t> multiplier,
                                                   constant_pointer<Output> table, const Residual* residual,
                                                   Output* output) {
  window_rows_backward(SparseWindow<G, SparseQuads<G, Input>, Input, Residual, Output>{input, stream, bias, multiplier,
                                                                                       table, residual, output});
}

template <class Input, class Residual, class Output, class G>
inline void quantized_dense_sparse_quads(G, const Input* input, constant_pointer<uint8_t> stream,
                                         constant_pointer<int32_t> bias, constant_pointer<int32_t> multiplier,
                                         constant_pointer<Output> table, const Residual* residual, Output* output) {
  quantized_conv2d_sparse_quads<Input>(SparseDenseAsConv2d<G>{}, input, stream, bias, multiplier, table, residual,
                                       output);
}

// The same values, tiles from the last to the first.
template <class Input, class Residual, class Output, class G>
inline void quantized_dense_sparse_quads_backward(G, const Input* input, constant_pointer<uint8_t> stream,
                                                  constant_pointer<int32_t> bias, constant_pointer<int32_t> multiplier,
                                                  constant_pointer<Output> table, const Residual* residual,
                                                  Output* output) {
  quantized_conv2d_sparse_quads_backward<Input>(SparseDenseAsConv2d<G>{}, input, stream, bias, multiplier, table,
                                                residual, output);
}

}  // namespace MOTE_NAMESPACE

#endif  // MOTE_KERNELS_QUANTIZED_SPARSE_QUADS_HPP
