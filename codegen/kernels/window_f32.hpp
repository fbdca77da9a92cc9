// What a float32 window kernel computes: a sum over the window, the residual, the clamp.
#ifndef MOTE_KERNELS_WINDOW_F32_HPP
#define MOTE_KERNELS_WINDOW_F32_HPP

#include "lanes_f32.hpp"
#include "window_layout.hpp"
#include "window_rows.hpp"

namespace MOTE_NAMESPACE {

// A Layer of window_rows.hpp. `bias` may be nullptr (zeros), `residual` when the geometry has none.
template <class LayoutOfG>
struct WindowF32 {
  typedef LayoutOfG Layout;
  typedef typename Layout::Geometry G;

  const float* input;
  constant_pointer<float> weights;
  constant_pointer<float> bias;
  const float* residual;
  float* output;

  template <int32_t Width, int32_t Count>
  MOTE_ALWAYS_INLINE void block(const BlockPlace& place) const {
    typedef LanesF32<Count> Lanes;
    Tile<Width, Lanes> sums;
    sums.fill(bias == nullptr ? Lanes::splat(0.0f) : Lanes::load(bias + place.channel));
    Layout::add_products(sums, input + place.input, weights + place.weights, place.window);
    sums.finish(FinishF32<G, Count>{G::has_residual ? residual + place.output : nullptr, output + place.output},
                G::out_c);
  }
};

}  // namespace MOTE_NAMESPACE

#endif  // MOTE_KERNELS_WINDOW_F32_HPP
