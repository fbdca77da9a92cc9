// `Width` output pixels whose sums are kept in registers together; Lanes holds the channels of one pixel.
//
// Unrolling is done by template recursion, so it holds at -Os. Pixel p reads at x + p * step: the step is a constant
// once inlined.
#ifndef MOTE_KERNELS_TILE_HPP
#define MOTE_KERNELS_TILE_HPP

#include "kernel_base.hpp"

namespace MOTE_NAMESPACE {

template <int32_t Width, class Lanes>
struct Tile {
  Tile<Width - 1, Lanes> before;
  Lanes pixel;

  MOTE_ALWAYS_INLINE void fill(const Lanes& start) {
    before.fill(start);
    pixel = start;
  }
  // Every lane of a pixel takes the same input value: a full convolution or a matrix product.
  template <class Element>
  MOTE_ALWAYS_INLINE void add_products(const Element* x, int32_t step, const Lanes& weights) {
    before.add_products(x, step, weights);
    pixel.add_product(x[(Width - 1) * step], weights);
  }
  // Every lane takes its own input value: a depthwise convolution.
  template <class Element>
  MOTE_ALWAYS_INLINE void add_lane_products(const Element* x, int32_t step, const Lanes& weights) {
    before.add_lane_products(x, step, weights);
    pixel.add_product(Lanes::load(x + (Width - 1) * step), weights);
  }
  // Calls finish(sums of a pixel, offset of that pixel in the output) for every pixel upwards.
  template <class Finish>
  MOTE_ALWAYS_INLINE void finish(const Finish& finish_pixel, int32_t step) const {
    before.finish(finish_pixel, step);
    finish_pixel(pixel, (Width - 1) * step);
  }
};

template <class Lanes>
struct Tile<0, Lanes> {
  MOTE_ALWAYS_INLINE void fill(const Lanes&) {}
  template <class Element>
  MOTE_ALWAYS_INLINE void add_products(const Element*, int32_t, const Lanes&) {}
  template <class Element>
  MOTE_ALWAYS_INLINE void add_lane_products(const Element*, int32_t, const Lanes&) {}
  template <class Finish>
  MOTE_ALWAYS_INLINE void finish(const Finish&, int32_t) const {}
};

}  // namespace MOTE_NAMESPACE

#endif  // MOTE_KERNELS_TILE_HPP
