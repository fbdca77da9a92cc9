// Sum or mean of quantized elements over some axes.
//
//   x int8_t or int16_t, y int8_t or int16_t; layout and loops as in reduce.hpp.
// Geometry: that of reduce.hpp; accumulator_shift, offset, multiplier (not negative), lowest, highest (int32_t).
// Value: y = clamp(floor((sum * 2^accumulator_shift + offset) * multiplier / 2^32), lowest, highest); the division of a
//   mean is part of the multiplier. The compiler has proven that everything before the last multiplication fits 32
//   bits, for every x.
// Order of writes: outputs upwards, each after its own elements were read.
#ifndef MOTE_KERNELS_QUANTIZED_REDUCE_HPP
#define MOTE_KERNELS_QUANTIZED_REDUCE_HPP
#include "fixed_point.hpp"
#include "reduce.hpp"

namespace MOTE_NAMESPACE {

struct QuantizedSum {
  int32_t total = 0;
  template <class X>
  MOTE_ALWAYS_INLINE void add(X x) {
    total += x;
  }
};

template <class G, class X, class Y>
inline void quantized_reduce_sum(G, const X* x, Y* y) {
  reduce_each<G>(x, y, [](const X* first) {
    QuantizedSum sum;
    reduce_into<G>(sum, first);
    const int32_t scaled = shift_left(sum.total, G::accumulator_shift) + G::offset;
    return clamp_to<Y>(multiply_high(scaled, G::multiplier), G::lowest, G::highest);
  });
}

}  // namespace MOTE_NAMESPACE

#endif  // MOTE_KERNELS_QUANTIZED_REDUCE_HPP
