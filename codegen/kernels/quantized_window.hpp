// What an integer window kernel computes: a sum over the window, one multiply-high, the clamp.
//
//   sum    = bias[oc] + the products x * w of the window; a tap in the padding reads pad_value
//   output = clamp(((sum << accumulator_shift) * multiplier[oc] [+ (residual << 8) * residual_multiplier]) >> 32,
//                  lowest, highest), then the table of quantized_result.hpp
// Zero points and rounding lie in the bias. All sums fit int32 in any order: proven when the network was compiled.
// Fields besides those of the window: pad_value, accumulator_shift, lowest, highest, residual_multiplier (int32_t),
// has_residual, has_table (bool).
#ifndef MOTE_KERNELS_QUANTIZED_WINDOW_HPP
#define MOTE_KERNELS_QUANTIZED_WINDOW_HPP

#include "lanes_s32.hpp"
#include "quantized_result.hpp"
#include "window_layout.hpp"
#include "window_rows.hpp"

namespace MOTE_NAMESPACE {

// From the sums of one pixel to its output elements.
template <class G, class Residual, class Output>
struct FinishQuantized {
  static MOTE_ALWAYS_INLINE int32_t scaled(int32_t sum, int32_t multiplier, const Residual* kept) {
    const int32_t shifted = shift_left(sum, G::accumulator_shift);
    if (G::has_residual) {
      return multiply_high_with_residual(shifted, multiplier, static_cast<int32_t>(kept[0]), G::residual_multiplier);
    }
    return multiply_high(shifted, multiplier);
  }
  static MOTE_ALWAYS_INLINE void store(const LanesS32<0>&, const LanesS32<0>&, constant_pointer<Output>,
                                       const Residual*, Output*) {}
  template <int32_t Count>
  static MOTE_ALWAYS_INLINE void store(const LanesS32<Count>& sums, const LanesS32<Count>& multipliers,
                                       constant_pointer<Output> table, const Residual* kept, Output* to) {
    to[0] = quantized_result<G, Output>(scaled(sums.head, multipliers.head, kept), table);
    store(sums.rest, multipliers.rest, table, G::has_residual ? kept + 1 : nullptr, to + 1);
  }
};

// The same for the pixels of a tile, which share their multipliers.
template <class G, class Residual, class Output, int32_t Count>
struct FinishQuantizedTile {
  LanesS32<Count> multipliers;
  constant_pointer<Output> table;
  const Residual* residual;
  Output* output;

  MOTE_ALWAYS_INLINE void operator()(const LanesS32<Count>& sums, int32_t offset) const {
    FinishQuantized<G, Residual, Output>::store(sums, multipliers, table,
                                                G::has_residual ? residual + offset : nullptr, output + offset);
  }
};

// A Layer of window_rows.hpp. `table` and `residual` are nullptr when the geometry has none. Weights: constant_pointer to
// integers, or HalfBytes.
template <class LayoutOfG, class Input, class Weights, class Residual, class Output>
struct QuantizedWindow {
  typedef LayoutOfG Layout;
  typedef typename Layout::Geometry G;

  const Input* input;
  Weights weights;
  constant_pointer<int32_t> bias;
  constant_pointer<int32_t> multiplier;
  constant_pointer<Output> table;
  const Residual* residual;
  Output* output;

  static MOTE_ALWAYS_INLINE bool is_whole(const TapWindow& window) {
    return window.rows.end - window.rows.begin == G::kernel_h &&
           window.columns.end - window.columns.begin == G::kernel_w;
  }

  // The pixels of a tile miss the same taps, so what the padding adds is part of where their sums start.
  template <int32_t Count>
  static inline void add_padding(LanesS32<Count>& start, Weights w, const TapWindow& window) {
    for (int32_t kh = 0; kh < G::kernel_h; ++kh) {
      const bool row_inside = kh >= window.rows.begin && kh < window.rows.end;
      for (int32_t kw = 0; kw < G::kernel_w; ++kw) {
        if (row_inside && kw >= window.columns.begin && kw < window.columns.end) { continue; }
        const int32_t k = (kh * G::kernel_w + kw) * Layout::depth_per_tap;
        for (int32_t ic = 0; ic < Layout::depth_per_tap; ++ic) {
          start.add_product(G::pad_value, LanesS32<Count>::load(w + (k + ic) * G::weight_step));
        }
      }
    }
  }

  template <int32_t Width, int32_t Count>
  MOTE_ALWAYS_INLINE void block(const BlockPlace& place) const {
    typedef LanesS32<Count> Lanes;
    Lanes start = Lanes::load(bias + place.channel);
    if (G::pad_value != 0 && !is_whole(place.window)) { add_padding(start, weights + place.weights, place.window); }
    Tile<Width, Lanes> sums;
    sums.fill(start);
    Layout::add_products(sums, input + place.input, weights + place.weights, place.window);
    sums.finish(FinishQuantizedTile<G, Residual, Output, Count>{Lanes::load(multiplier + place.channel), table,
                                                                G::has_residual ? residual + place.output : nullptr,
                                                                output + place.output},
                G::out_c);
  }
};

}  // namespace MOTE_NAMESPACE

#endif  // MOTE_KERNELS_QUANTIZED_WINDOW_HPP
