// Integer convolutions and fully connected layers whose weights are mostly 0: only the others are stored and
// multiplied. The same sums as quantized_conv2d.hpp and quantized_dense.hpp, because what is left out would add 0.
//
//   stream [bytes]  for each block of tile_c output channels upwards, for each kernel row upwards, a run:
//     pairs     how many, count_bytes bytes, the lowest first
//     by pair:  a byte of two steps, the first in its low half; the first tile_c weights (s8), the second
//               tile_c weights
//   A step leads from the input element under the pair's weights before, or from the first element under the kernel
//   row, to the next one, 0 to 15 elements further. Longer ways, and runs of odd length, have weights of 0 in between.
// Geometry: that of quantized_conv2d.hpp or quantized_dense.hpp and count_bytes (1 or 2); tile_c divides the channels
//   of a group. weight_step and weight_block are not read.
// Order of writes: as there.
#ifndef MOTE_KERNELS_QUANTIZED_SPARSE_HPP
#define MOTE_KERNELS_QUANTIZED_SPARSE_HPP

#include "sparse_window.hpp"

namespace MOTE_NAMESPACE {

// Weights of 8 bits among bytes.
struct SignedBytes {
  constant_pointer<uint8_t> bytes;
};
MOTE_ALWAYS_INLINE int32_t lane_at(SignedBytes from) { return static_cast<int8_t>(from.bytes[0]); }
MOTE_ALWAYS_INLINE SignedBytes behind_lane(SignedBytes from) { return SignedBytes{from.bytes + 1}; }

// A Form of sparse_window.hpp.
template <class G, class Input>
struct SparsePairs {
  typedef Conv2dLayout<G> Layout;
  typedef LanesS32<G::tile_c> Lanes;
  typedef constant_pointer<uint8_t> Stream;
  static constexpr int32_t pair_bytes = 1 + 2 * G::tile_c;
  static constexpr int32_t pixel_step = G::stride_w * G::in_c;

  static MOTE_ALWAYS_INLINE Lanes weights_at(Stream from) { return Lanes::load(SignedBytes{from}); }

  template <int32_t Width>
  static MOTE_ALWAYS_INLINE Stream add_run(Tile<Width, Lanes>& sums, const Input* x, Stream run) {
    Stream pair = run + G::count_bytes;
    for (int32_t pairs = count_of_run<G>(run); pairs != 0; --pairs) {
      const uint8_t steps = pair[0];
      x += steps & 15;
      sums.add_products(x, pixel_step, weights_at(pair + 1));
      x += steps >> 4;
      sums.add_products(x, pixel_step, weights_at(pair + (1 + G::tile_c)));
      pair = pair + pair_bytes;
    }
    return pair;
  }

  template <int32_t Width>
  static inline Stream add_border_run(Tile<Width, Lanes>& sums, const Input* input, int32_t origin, TapRange columns,
                                      Stream run) {
    const Input padding[1] = {static_cast<Input>(G::pad_value)};
    const int32_t begin = columns.begin * G::dilation_w * G::in_c;
    // Steps may end between columns, too, and behind the last: there begin the channels of other groups, then nothing.
    const int32_t end = (columns.end - 1) * G::dilation_w * G::in_c + Layout::depth_per_tap;
    int32_t at = 0;
    Stream pair = run + G::count_bytes;
    for (int32_t pairs = count_of_run<G>(run); pairs != 0; --pairs) {
      const uint8_t steps = pair[0];
      for (int32_t half = 0; half < 2; ++half) {
        at += half == 0 ? steps & 15 : steps >> 4;
        const Input* x = at >= begin && at < end ? input + (origin + at) : padding;
        sums.add_products(x, 0, weights_at(pair + (1 + half * G::tile_c)));
      }
      pair = pair + pair_bytes;
    }
    return pair;
  }

  static MOTE_ALWAYS_INLINE Stream behind_run(Stream run) {
    return run + (G::count_bytes + count_of_run<G>(run) * pair_bytes);
  }
};

template <class Input, class Residual, class Output, class G>
inline void quantized_conv2d_sparse(G, const Input* input, constant_pointer<uint8_t> stream,
                                    constant_pointer<int32_t> bias, constant_pointer<int32_t> multiplier,
                                    constant_pointer<Output> table, const Residual* residual, Output* output) {
  window_rows(SparseWindow<G, SparsePairs<G, Input>, Input, Residual, Output>{input, stream, bias, multiplier, table,
                                                                              residual, output});
}

// The same values, tiles from the last to the first.
template <class Input, class Residual, class Output, class G>
inline void quantized_conv2d_sparse_backward(G, const Input* input, constant_pointer<uint8_t> stream,
                                             constant_pointer<int32_t> bias, constant_pointer<int32_t> multiplier,
                                             constant_pointer<Output> table, const Residual* residual, Output* output) {
  window_rows_backward(SparseWindow<G, SparsePairs<G, Input>, Input, Residual, Output>{input, stream, bias, multiplier,
                                                                                       table, residual, output});
}

template <class Input, class Residual, class Output, class G>
inline void quantized_dense_sparse(G, const Input* input, constant_pointer<uint8_t> stream,
                                   constant_pointer<int32_t> bias, constant_pointer<int32_t> multiplier,
                                   constant_pointer<Output> table, const Residual* residual, Output* output) {
  quantized_conv2d_sparse<Input>(SparseDenseAsConv2d<G>{}, input, stream, bias, multiplier, table, residual, output);
}

// The same values, tiles from the last to the first.
template <class Input, class Residual, class Output, class G>
inline void quantized_dense_sparse_backward(G, const Input* input, constant_pointer<uint8_t> stream,
                                            constant_pointer<int32_t> bias, constant_pointer<int32_t> multiplier,
                                            constant_pointer<Output> table, const Residual* residual, Output* output) {
  quantized_conv2d_sparse_backward<Input>(SparseDenseAsConv2d<G>{}, input, stream, bias, multiplier, table, residual,
                                          output);
}

}  // namespace MOTE_NAMESPACE

#endif  // MOTE_KERNELS_QUANTIZED_SPARSE_HPP
