// Sum and product of two quantized tensors, broadcasting, and of their elements' scales and zero points.
//
//   a, b int8_t or int16_t, each; y int8_t or int16_t; table [256] of y's type, a constant.
// Geometry: the walk of walk.hpp; lowest, highest (int32_t), has_table (bool), and
//   quantized_add   multiplier_a, multiplier_b, offset (int32_t, of either sign), shift (0..31)
//   quantized_mul   zero_a, zero_b, accumulator_shift, offset, multiplier (int32_t, not negative)
// Value: quantized_add   y = clamp(floor((a * multiplier_a + b * multiplier_b + offset) / 2^shift), lowest, highest)
//        quantized_mul   y = clamp(floor(((a - zero_a) * (b - zero_b) * 2^accumulator_shift + offset) * multiplier /
//                        2^32), lowest, highest)
//        then the table of quantized_result.hpp
// The compiler has proven that everything before the last multiplication fits 32 bits, for every a and b.
// Every y[i] is written after all reads for i, in order of i: y may be any operand of its shape whose elements are of
// the same type, or of any type if those of y are single bytes.
#ifndef MOTE_KERNELS_QUANTIZED_BROADCAST_HPP
#define MOTE_KERNELS_QUANTIZED_BROADCAST_HPP
#include "quantized_result.hpp"
#include "walk.hpp"

namespace MOTE_NAMESPACE {

template <class Y, class G, class A, class B>
inline void quantized_add(G, A a, B b, constant_pointer<Y> table, Y* y) {
  int32_t i = 0;
  walk<G>(IndexAB{0, 0}, [&](IndexAB at) {
    const int32_t left = static_cast<int32_t>(a[at.a]) * G::multiplier_a;
    const int32_t right = static_cast<int32_t>(b[at.b]) * G::multiplier_b;
    y[i++] = quantized_result<G, Y>(shift_right(left + right + G::offset, G::shift), table);
  });
}

template <class Y, class G, class A, class B>
inline void quantized_mul(G, A a, B b, constant_pointer<Y> table, Y* y) {
  int32_t i = 0;
  walk<G>(IndexAB{0, 0}, [&](IndexAB at) {
    const int32_t left = static_cast<int32_t>(a[at.a]) - G::zero_a;
    const int32_t right = static_cast<int32_t>(b[at.b]) - G::zero_b;
    const int32_t sum = shift_left(left * right, G::accumulator_shift) + G::offset;
    y[i++] = quantized_result<G, Y>(multiply_high(sum, G::multiplier), table);
  });
}

}  // namespace MOTE_NAMESPACE

#endif  // MOTE_KERNELS_QUANTIZED_BROADCAST_HPP
