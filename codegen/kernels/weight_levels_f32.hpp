// The float32 window kernels with weights stored as integers, one scale per output channel: float weight = level *
// scale, one rounded multiplication, when a run of lanes is loaded for the pixels of a tile. From there on everything
// is that of conv2d_f32.hpp, depthwise_conv2d_f32.hpp and dense_f32.hpp with these weights, bit for bit.
//
//   levels   int8_t as the weights there, or uint8_t: two of four bits in a byte, laid out as in quantized_s4.hpp
//   scale    [out_c] or [columns]
// Geometry: as there.
#ifndef MOTE_KERNELS_WEIGHT_LEVELS_F32_HPP
#define MOTE_KERNELS_WEIGHT_LEVELS_F32_HPP

#include "dense_f32.hpp"
#include "depthwise_conv2d_f32.hpp"
#include "half_bytes.hpp"
#include "lanes_s32.hpp"

namespace MOTE_NAMESPACE {

// Levels from here on, of channels that have these scales.
template <class Levels, class Scales>
struct ScaledLevels {
  Levels levels;
  Scales scales;
  MOTE_ALWAYS_INLINE ScaledLevels operator+(int32_t count) const { return ScaledLevels{levels + count, scales}; }
};

MOTE_ALWAYS_INLINE void store_as_f32(const LanesS32<0>&, float*) {}
template <int32_t Count>
MOTE_ALWAYS_INLINE void store_as_f32(const LanesS32<Count>& levels, float* to) {
  to[0] = static_cast<float>(levels.head);
  store_as_f32(levels.rest, to + 1);
}

template <class Lanes, class Levels, int32_t Count>
MOTE_ALWAYS_INLINE Lanes load_weights(ScaledLevels<Levels, LanesF32<Count>> from) {
  float values[static_cast<size_t>(Count)];
  store_as_f32(LanesS32<Count>::load(from.levels), values);
  Lanes weights = Lanes::load(static_cast<const float*>(values));
  weights.multiply(from.scales);
  return weights;
}

MOTE_ALWAYS_INLINE constant_pointer<int8_t> lanes_of(constant_pointer<int8_t> levels) { return levels; }
MOTE_ALWAYS_INLINE HalfBytes lanes_of(constant_pointer<uint8_t> levels) { return HalfBytes{levels}; }

// A Layer of window_rows.hpp, as WindowF32.
template <class LayoutOfG, class Levels>
struct WeightLevelsF32 {
  typedef LayoutOfG Layout;
  typedef typename Layout::Geometry G;

  const float* input;
  Levels levels;
  constant_pointer<float> scale;
  constant_pointer<float> bias;
  const float* residual;
  float* output;

  template <int32_t Width, int32_t Count>
  MOTE_ALWAYS_INLINE void block(const BlockPlace& place) const {
    typedef LanesF32<Count> Lanes;
    Tile<Width, Lanes> sums;
    sums.fill(bias == nullptr ? Lanes::splat(0.0f) : Lanes::load(bias + place.channel));
    Layout::add_products(sums, input + place.input,
                         ScaledLevels<Levels, Lanes>{levels + place.weights, Lanes::load(scale + place.channel)},
                         place.window);
    sums.finish(FinishF32<G, Count>{G::has_residual ? residual + place.output : nullptr, output + place.output},
                G::out_c);
  }
};

template <class Layout, class Levels>
MOTE_ALWAYS_INLINE WeightLevelsF32<Layout, Levels> weight_levels_f32(const float* input, Levels levels,
                                                                     constant_pointer<float> scale,
                                                                     constant_pointer<float> bias,
                                                                     const float* residual, float* output) {
  return WeightLevelsF32<Layout, Levels>{input, levels, scale, bias, residual, output};
}

template <class G, class Levels>
inline void conv2d_f32_levels(G, const float* input, Levels levels, constant_pointer<float> scale,
                              constant_pointer<float> bias, const float* residual, float* output) {
  window_rows(weight_levels_f32<Conv2dLayout<G>>(input, lanes_of(levels), scale, bias, residual, output));
}

template <class G, class Levels>
inline void conv2d_f32_levels_backward(G, const float* input, Levels levels, constant_pointer<float> scale,
                                       constant_pointer<float> bias, const float* residual, float* output) {
  window_rows_backward(weight_levels_f32<Conv2dLayout<G>>(input, lanes_of(levels), scale, bias, residual, output));
}

template <class G, class Levels>
inline void depthwise_conv2d_f32_levels(G, const float* input, Levels levels, constant_pointer<float> scale,
                                        constant_pointer<float> bias, const float* residual, float* output) {
  window_rows(weight_levels_f32<DepthwiseLayout<G>>(input, lanes_of(levels), scale, bias, residual, output));
}

template <class G, class Levels>
inline void depthwise_conv2d_f32_levels_backward(G, const float* input, Levels levels, constant_pointer<float> scale,
                                                 constant_pointer<float> bias, const float* residual, float* output) {
  window_rows_backward(weight_levels_f32<DepthwiseLayout<G>>(input, lanes_of(levels), scale, bias, residual, output));
}

template <class G, class Levels>
inline void dense_f32_levels(G, const float* input, Levels levels, constant_pointer<float> scale,
                             constant_pointer<float> bias, const float* residual, float* output) {
  window_rows(
      weight_levels_f32<Conv2dLayout<DenseF32AsConv2d<G>>>(input, lanes_of(levels), scale, bias, residual, output));
}

template <class G, class Levels>
inline void dense_f32_levels_backward(G, const float* input, Levels levels, constant_pointer<float> scale,
                                      constant_pointer<float> bias, const float* residual, float* output) {
  window_rows_backward(
      weight_levels_f32<Conv2dLayout<DenseF32AsConv2d<G>>>(input, lanes_of(levels), scale, bias, residual, output));
}

}  // namespace MOTE_NAMESPACE

#endif  // MOTE_KERNELS_WEIGHT_LEVELS_F32_HPP
