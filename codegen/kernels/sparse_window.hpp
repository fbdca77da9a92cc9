// Integer convolutions and fully connected layers whose weights are mostly 0, stored as streams: the walk over the
// blocks of channels. What the runs of a stream hold is a Form of it, quantized_sparse.hpp or
// quantized_sparse_quads.hpp.
//
// A stream holds, for each block of tile_c output channels upwards, for each kernel row upwards, a run. A Form has
//   add_run()         adds to LanesS32<tile_c> sums of each pixel a run whose first input element lies at x
//   add_border_run()  the same where only `columns` of the kernel row, perhaps none, lie in the input: the others read
//                     pad_value. With some the tile has one pixel; without, its pixels read the same. The kernel row's
//                     first element is input[origin], if it is there.
//   behind_run()
// each of which gives where the next run begins.
#ifndef MOTE_KERNELS_SPARSE_WINDOW_HPP
#define MOTE_KERNELS_SPARSE_WINDOW_HPP

#include "quantized_dense.hpp"
#include "quantized_window.hpp"

namespace MOTE_NAMESPACE {

// How much a run holds: its first count_bytes bytes, the lowest first.
template <class G>
MOTE_ALWAYS_INLINE int32_t count_of_run(constant_pointer<uint8_t> run) {
  const int32_t low = static_cast<int32_t>(run[0]);
  return G::count_bytes == 1 ? low : low | (static_cast<int32_t>(run[1]) << 8);
}

// A Layer of window_rows.hpp.
template <class G, class Form, class Input, class Residual, class Output>
struct SparseWindow {
  typedef Conv2dLayout<G> Layout;
  typedef typename Layout::Rows Rows;
  typedef LanesS32<G::tile_c> Lanes;
  typedef constant_pointer<uint8_t> Stream;

  const Input* input;
  Stream stream;
  constant_pointer<int32_t> bias;
  constant_pointer<int32_t> multiplier;
  constant_pointer<Output> table;
  const Residual* residual;
  Output* output;

  // The block whose runs begin at `run`; gives where those of the next one do.
  template <int32_t Width>
  MOTE_ALWAYS_INLINE Stream block(const BlockPlace& place, Stream run) const {
    const TapWindow& window = place.window;
    const bool is_whole_row = Rows::pointwise || Width > 1 || window.columns.end - window.columns.begin == G::kernel_w;
    Tile<Width, Lanes> sums;
    sums.fill(Lanes::load(bias + place.channel));
    for (int32_t kh = 0; kh < G::kernel_h; ++kh) {
      const int32_t origin =
          place.input + ((window.origin_h + kh * G::dilation_h) * Rows::in_w + window.origin_w) * G::in_c;
      const bool is_inside = Rows::pointwise || (kh >= window.rows.begin && kh < window.rows.end);
      if (is_inside && is_whole_row) {
        run = Form::add_run(sums, input + origin, run);
      } else if (is_inside || G::pad_value != 0) {
        run = Form::add_border_run(sums, input, origin, is_inside ? window.columns : TapRange{0, 0}, run);
      } else {
        run = Form::behind_run(run);
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
template <class G, class Form, class Input, class Residual, class Output, int32_t Width>
struct WindowTile<SparseWindow<G, Form, Input, Residual, Output>, Width> {
  typedef SparseWindow<G, Form, Input, Residual, Output> Layer;
  static inline void run(const Layer& layer, const TapWindow& window, int32_t input, int32_t output) {
    typename Layer::Stream run = layer.stream;
    for (int32_t channel = 0; channel < G::out_c; channel += G::tile_c) {
      run = layer.template block<Width>(
          BlockPlace{window, input + Layer::Layout::input_channel(channel), 0, channel, output + channel}, run);
    }
  }
};

template <class G>
struct SparseDenseAsConv2d : QuantizedDenseAsConv2d<G> {
  static constexpr int32_t count_bytes = G::count_bytes;
};

}  // namespace MOTE_NAMESPACE

#endif  // MOTE_KERNELS_SPARSE_WINDOW_HPP
