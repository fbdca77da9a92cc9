// Max pooling of integers, and average pooling of quantized elements, channels last.
//
//   input, output and the geometry of the window: pool2d_loops.hpp. Geometry of the average besides: constants (how
//   many bias and multiplier hold: 1, or one more than a window has taps), pad_value, accumulator_shift, lowest,
//   highest (int32_t), count_include_pad (bool). input, output of int8_t or int16_t; bias, multiplier [constants]
//   int32_t, constants.
//
// Maximum: a window without taps gives the least integer.
// Average: sum = the taps inside, with count_include_pad also pad_value for every tap in the padding (not for those
//   that ceil_mode lets hang over the padded input); i = 0 with a single constant, else the number of terms;
//   y = clamp(floor((sum * 2^accumulator_shift + bias[i]) * multiplier[i] / 2^32), lowest, highest). The compiler has
//   proven that everything before the last multiplication fits 32 bits, for every input.
// Order of writes: see pool2d_loops.hpp.
#ifndef MOTE_KERNELS_POOL2D_INTEGER_HPP
#define MOTE_KERNELS_POOL2D_INTEGER_HPP

#include "arithmetic.hpp"
#include "fixed_point.hpp"
#include "pool2d_loops.hpp"

namespace MOTE_NAMESPACE {

template <class T, int32_t Count>
struct PoolLanes {
  T lane[static_cast<size_t>(Count)];
};

template <class T>
struct MaxPoolInteger {
  template <int32_t Count>
  using State = PoolLanes<T, Count>;

  template <int32_t Count>
  static MOTE_ALWAYS_INLINE PoolLanes<T, Count> start() {
    PoolLanes<T, Count> lanes;
    for (int32_t i = 0; i < Count; ++i) { lanes.lane[i] = least_of(T()); }
    return lanes;
  }
  template <int32_t Count>
  static MOTE_ALWAYS_INLINE void take(PoolLanes<T, Count>& lanes, const T* tap) {
    for (int32_t i = 0; i < Count; ++i) { lanes.lane[i] = tap[i] > lanes.lane[i] ? tap[i] : lanes.lane[i]; }
  }
  template <int32_t Count>
  static MOTE_ALWAYS_INLINE void finish(const PoolLanes<T, Count>& lanes, T* output, const PoolWindow&) {
    for (int32_t i = 0; i < Count; ++i) { output[i] = lanes.lane[i]; }
  }
};

template <class G, class Bias, class Multiplier>
struct AveragePoolInteger {
  Bias bias;
  Multiplier multiplier;

  template <int32_t Count>
  using State = PoolLanes<int32_t, Count>;

  template <int32_t Count>
  static MOTE_ALWAYS_INLINE PoolLanes<int32_t, Count> start() {
    PoolLanes<int32_t, Count> sums;
    for (int32_t i = 0; i < Count; ++i) { sums.lane[i] = 0; }
    return sums;
  }
  template <int32_t Count, class X>
  static MOTE_ALWAYS_INLINE void take(PoolLanes<int32_t, Count>& sums, const X* tap) {
    for (int32_t i = 0; i < Count; ++i) { sums.lane[i] += tap[i]; }
  }
  template <int32_t Count, class Y>
  MOTE_ALWAYS_INLINE void finish(const PoolLanes<int32_t, Count>& sums, Y* output, const PoolWindow& at) const {
    const int32_t inside = taps_in_input(at);
    const int32_t terms = G::count_include_pad ? taps_in_padded_input<G>(at) : inside;
    const int32_t padding = (terms - inside) * G::pad_value;
    const int32_t index = G::constants == 1 ? 0 : terms;
    const int32_t start = bias[index], factor = multiplier[index];
    for (int32_t i = 0; i < Count; ++i) {
      const int32_t sum = shift_left(sums.lane[i] + padding, G::accumulator_shift) + start;
      output[i] = clamp_to<Y>(multiply_high(sum, factor), G::lowest, G::highest);
    }
  }
};

template <class G, class T>
inline void max_pool2d_integer(G, const T* input, T* output) {
  pool_positions<G, false>(MaxPoolInteger<T>(), input, output);
}

template <class G, class X, class Bias, class Multiplier, class Y>
inline void average_pool2d_integer(G, const X* input, Bias bias, Multiplier multiplier, Y* output) {
  pool_positions<G, false>(AveragePoolInteger<G, Bias, Multiplier>{bias, multiplier}, input, output);
}

// The same values, output positions from the last to the first.
template <class G, class T>
inline void max_pool2d_integer_backward(G, const T* input, T* output) {
  pool_positions<G, true>(MaxPoolInteger<T>(), input, output);
}

template <class G, class X, class Bias, class Multiplier, class Y>
inline void average_pool2d_integer_backward(G, const X* input, Bias bias, Multiplier multiplier, Y* output) {
  pool_positions<G, true>(AveragePoolInteger<G, Bias, Multiplier>{bias, multiplier}, input, output);
}

}  // namespace MOTE_NAMESPACE

#endif  // MOTE_KERNELS_POOL2D_INTEGER_HPP
