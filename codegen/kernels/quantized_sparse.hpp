// Integer convolutions and fully connected layers whose weights are mostly 0: only the others are stored and multiplied.
// The same sums as quantized_conv2d.hpp and quantized_dense.hpp, because what is left out would add 0.
//
//   stream [bytes]  for each block of tile_c output channels upwards, for each kernel row upwards, a run:
//     pairs     how many, count_bytes bytes, the lowest first
//     by pair:  a byte of two steps, the first in its low half; the first tile_c weights (s8), the second tile_c weights
//   A step leads from the input element under the pair's weights before, or from the first element under the kernel row,
//   to the next one, 0 to 15 elements further. Longer ways, and runs of odd length, have weights of 0 in between.
// Geometry: that of quantized_conv2d.hpp or quantized_dense.hpp and count_bytes (1 or 2); tile_c divides the channels of
//   a group. weight_step and weight_block are not read.
// Order of writes: as there.
#ifndef MOTE_KERNELS_QUANTIZED_SPARSE_HPP
#define MOTE_KERNELS_QUANTIZED_SPARSE_HPP

#include "quantized_dense.hpp"
#include "quantized_window.hpp"

namespace MOTE_NAMESPACE {

// Weights of 8 bits among bytes.
struct SignedBytes {
  constant_pointer<uint8_t> bytes;
};
MOTE_ALWAYS_INLINE int32_t lane_at(SignedBytes from) { return static_cast<int8_t>(from.bytes[0]); }
MOTE_ALWAYS_INLINE SignedBytes behind_lane(SignedBytes from) { return SignedBytes{from.bytes + 1}; }

// A Layer of window_rows.hpp.
template <class G, class Input, class Residual, class Output>
struct SparseWindow {
  typedef Conv2dLayout<G> Layout;
  typedef typename Layout::Rows Rows;
  typedef LanesS32<G::tile_c> Lanes;
  typedef constant_pointer<uint8_t> Stream;
  static constexpr int32_t pair_bytes = 1 + 2 * G::tile_c;
  static constexpr int32_t pixel_step = G::stride_w * G::in_c;

  const Input* input;
  Stream stream;
  constant_pointer<int32_t> bias;
  constant_pointer<int32_t> multiplier;
  constant_pointer<Output> table;
  const Residual* residual;
  Output* output;

  static MOTE_ALWAYS_INLINE int32_t pairs_of(Stream run) {
    const int32_t low = static_cast<int32_t>(run[0]);
    return G::count_bytes == 1 ? low : low | (static_cast<int32_t>(run[1]) << 8);
  }
  static MOTE_ALWAYS_INLINE Lanes weights_at(Stream from) { return Lanes::load(SignedBytes{from}); }

  // A run whose input elements, at every pixel, lie behind x; gives where the next run begins.
  template <int32_t Width>
  static MOTE_ALWAYS_INLINE Stream add_run(Tile<Width, Lanes>& sums, const Input* x, Stream pair, int32_t pairs) {
    for (; pairs != 0; --pairs) {
      const uint8_t steps = pair[0];
      x += steps & 15;
      sums.add_products(x, pixel_step, weights_at(pair + 1));
      x += steps >> 4;
      sums.add_products(x, pixel_step, weights_at(pair + (1 + G::tile_c)));
      pair = pair + pair_bytes;
    }
    return pair;
  }

  // A run under which only `columns` of the kernel row, perhaps none, lie in the input: the others read pad_value. With
  // some the tile has one pixel; without, its pixels read the same.
  template <int32_t Width>
  inline Stream add_border_run(Tile<Width, Lanes>& sums, int32_t origin, TapRange columns, Stream pair,
                               int32_t pairs) const {
    const Input padding[1] = {static_cast<Input>(G::pad_value)};
    const int32_t begin = columns.begin * G::dilation_w * G::in_c;
    // Steps may end between columns, too, and behind the last: there begin the channels of other groups, then nothing.
    const int32_t end = (columns.end - 1) * G::dilation_w * G::in_c + Layout::depth_per_tap;
    int32_t at = 0;
    for (; pairs != 0; --pairs) {
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

  // The block whose runs begin at `run`; gives where those of the next one do.
  template <int32_t Width>
  MOTE_ALWAYS_INLINE Stream block(const BlockPlace& place, Stream run) const {
    const TapWindow& window = place.window;
    const bool is_whole_row = Rows::pointwise || Width > 1 || window.columns.end - window.columns.begin == G::kernel_w;
    Tile<Width, Lanes> sums;
    sums.fill(Lanes::load(bias + place.channel));
    for (int32_t kh = 0; kh < G::kernel_h; ++kh) {
      const int32_t pairs = pairs_of(run);
      const int32_t origin =
          place.input + ((window.origin_h + kh * G::dilation_h) * Rows::in_w + window.origin_w) * G::in_c;
      const bool is_inside = Rows::pointwise || (kh >= window.rows.begin && kh < window.rows.end);
      run = run + G::count_bytes;
      if (is_inside && is_whole_row) {
        run = add_run(sums, input + origin, run, pairs);
      } else if (is_inside || G::pad_value != 0) {
        run = add_border_run(sums, origin, is_inside ? window.columns : TapRange{0, 0}, run, pairs);
      } else {
        run = run + pairs * pair_bytes;
      }
    }
    sums.finish(FinishQuantizedTile<G, Residual, Output, G::tile_c>{Lanes::load(multiplier + place.channel), table,
                                                                    G::has_residual ? residual + place.output : nullptr,
                                                                    output + place.output},
                G::out_c);
    return run;
  }
};

// One block's runs say where the next one's begin.
template <class G, class Input, class Residual, class Output, int32_t Width>
struct WindowTile<SparseWindow<G, Input, Residual, Output>, Width> {
  typedef SparseWindow<G, Input, Residual, Output> Layer;
  static inline void run(const Layer& layer, const TapWindow& window, int32_t input, int32_t output) {
    typename Layer::Stream run = layer.stream;
    for (int32_t channel = 0; channel < G::out_c; channel += G::tile_c) {
      run = layer.template block<Width>(
          BlockPlace{window, input + Layer::Layout::input_channel(channel), 0, channel, output + channel}, run);
    }
  }
};

template <class Input, class Residual, class Output, class G>
inline void quantized_conv2d_sparse(G, const Input* input, constant_pointer<uint8_t> stream,
                                    constant_pointer<int32_t> bias, constant_pointer<int32_t> multiplier,
                                    constant_pointer<Output> table, const Residual* residual, Output* output) {
  window_rows(
      SparseWindow<G, Input, Residual, Output>{input, stream, bias, multiplier, table, residual, output});
}

// The same values, tiles from the last to the first.
template <class Input, class Residual, class Output, class G>
inline void quantized_conv2d_sparse_backward(G, const Input* input, constant_pointer<uint8_t> stream,
                                             constant_pointer<int32_t> bias, constant_pointer<int32_t> multiplier,
                                             constant_pointer<Output> table, const Residual* residual, Output* output) {
  window_rows_backward(
      SparseWindow<G, Input, Residual, Output>{input, stream, bias, multiplier, table, residual, output});
}

template <class G>
struct SparseDenseAsConv2d : QuantizedDenseAsConv2d<G> {
  static constexpr int32_t count_bytes = G::count_bytes;
};

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
