// Which inputs and weights meet in a window: the full convolution and the depthwise one, for any element type.
//
// A Layout gives Geometry (the fields of the call), Rows (images, in_h, in_w, out_h, out_w as the walk sees them),
// depth_per_tap (weights of one output channel at one tap), input_channel(output channel) and add_products.
// The weight of output channel oc and reduction index k = (kh * kernel_w + kw) * depth_per_tap + ic lies at
//   block(oc) * weight_block + k * weight_step + lane(oc), where block and lane count tile_c channels at a time.
#ifndef MOTE_KERNELS_WINDOW_LAYOUT_HPP
#define MOTE_KERNELS_WINDOW_LAYOUT_HPP

#include "tile.hpp"
#include "window.hpp"

namespace MOTE_NAMESPACE {

// A run of lanes of weights. weight_levels_f32.hpp has the same for weights that are stored as levels.
template <class Lanes, class Weights>
MOTE_ALWAYS_INLINE Lanes load_weights(Weights from) {
  return Lanes::load(from);
}

template <class G>
struct PlainRows {
  static constexpr int32_t images = G::batch, in_h = G::in_h, in_w = G::in_w, out_h = G::out_h, out_w = G::out_w;
};

// A 1x1 convolution of stride 1 without pads sees all batch * out_h * out_w pixels as one row.
template <class G>
struct JoinedRows {
  static constexpr bool pointwise = G::kernel_h == 1 && G::kernel_w == 1 && G::stride_h == 1 && G::stride_w == 1 &&
                                    G::pad_top == 0 && G::pad_left == 0 && G::in_h == G::out_h && G::in_w == G::out_w;
  static constexpr int32_t images = pointwise ? 1 : G::batch;
  static constexpr int32_t in_h = pointwise ? 1 : G::in_h;
  static constexpr int32_t in_w = pointwise ? G::batch * G::in_h * G::in_w : G::in_w;
  static constexpr int32_t out_h = pointwise ? 1 : G::out_h;
  static constexpr int32_t out_w = pointwise ? G::batch * G::out_h * G::out_w : G::out_w;
};

template <class G>
struct Conv2dLayout {
  typedef G Geometry;
  typedef JoinedRows<G> Rows;
  static constexpr int32_t depth_per_tap = G::in_c / G::groups;
  static constexpr int32_t group_out_c = G::out_c / G::groups;
  static_assert(G::groups == 1 || group_out_c % G::tile_c == 0, "a block of channels may not cross a group");

  static MOTE_ALWAYS_INLINE int32_t input_channel(int32_t channel) {
    return G::groups == 1 ? 0 : channel / group_out_c * depth_per_tap;
  }

  // sums += x * w for the taps inside, kh, kw, ic upwards.
  template <int32_t Width, class Lanes, class Element, class Weights>
  static MOTE_ALWAYS_INLINE void add_products(Tile<Width, Lanes>& sums, const Element* input, Weights weights,
                                              const TapWindow& window) {
    // Taps of one kernel row are one run in memory unless a dilation or other groups' channels lie between them.
    constexpr bool run_of_columns = G::groups == 1 && G::dilation_w == 1;
    constexpr int32_t pixel_step = G::stride_w * G::in_c;
    const int32_t runs = run_of_columns ? 1 : window.columns.end - window.columns.begin;
    const int32_t run_length =
        run_of_columns ? (window.columns.end - window.columns.begin) * depth_per_tap : depth_per_tap;
    for (int32_t kh = window.rows.begin; kh < window.rows.end; ++kh) {
      const int32_t row = (window.origin_h + kh * G::dilation_h) * Rows::in_w + window.origin_w;
      for (int32_t run = 0; run < runs; ++run) {
        const int32_t kw = window.columns.begin + run;
        const Element* x = input + (row + kw * G::dilation_w) * G::in_c;
        Weights w = weights + (kh * G::kernel_w + kw) * depth_per_tap * G::weight_step;
        for (int32_t k = 0; k < run_length; ++k) {
          sums.add_products(x + k, pixel_step, load_weights<Lanes>(w + k * G::weight_step));
        }
      }
    }
  }
};

// Output channel c * multiplier + m reads input channel c alone.
template <class G>
struct DepthwiseLayout {
  typedef G Geometry;
  typedef PlainRows<G> Rows;
  static constexpr int32_t depth_per_tap = 1;
  static_assert(G::out_c == G::in_c * G::multiplier, "every input channel has `multiplier` output channels");
  static_assert(G::multiplier == 1 || G::multiplier % G::tile_c == 0, "a block reads one input channel");

  static MOTE_ALWAYS_INLINE int32_t input_channel(int32_t channel) { return channel / G::multiplier; }

  // sums += x * w for the taps inside, kh, kw upwards.
  template <int32_t Width, class Lanes, class Element, class Weights>
  static MOTE_ALWAYS_INLINE void add_products(Tile<Width, Lanes>& sums, const Element* input, Weights weights,
                                              const TapWindow& window) {
    constexpr int32_t pixel_step = G::stride_w * G::in_c;
    for (int32_t kh = window.rows.begin; kh < window.rows.end; ++kh) {
      const int32_t row = (window.origin_h + kh * G::dilation_h) * G::in_w + window.origin_w;
      for (int32_t kw = window.columns.begin; kw < window.columns.end; ++kw) {
        const Element* x = input + (row + kw * G::dilation_w) * G::in_c;
        const Lanes taps = load_weights<Lanes>(weights + (kh * G::kernel_w + kw) * G::weight_step);
        if (G::multiplier == 1) {
          sums.add_lane_products(x, pixel_step, taps);
        } else {
          sums.add_products(x, pixel_step, taps);
        }
      }
    }
  }
};

// A matrix product is the 1x1 convolution whose pixels are the rows.
template <class G>
struct DenseAsConv2d {
  static constexpr int32_t batch = 1, in_h = 1, in_w = G::rows, in_c = G::depth;
  static constexpr int32_t out_h = 1, out_w = G::rows, out_c = G::columns;
  static constexpr int32_t kernel_h = 1, kernel_w = 1, stride_h = 1, stride_w = 1, pad_top = 0, pad_left = 0;
  static constexpr int32_t dilation_h = 1, dilation_w = 1, groups = 1;
  static constexpr int32_t weight_step = G::weight_step, weight_block = G::weight_block;
  static constexpr int32_t tile_w = G::tile_w, tile_c = G::tile_c;
  static constexpr bool has_residual = G::has_residual;
};

}  // namespace MOTE_NAMESPACE

#endif  // MOTE_KERNELS_WINDOW_LAYOUT_HPP
