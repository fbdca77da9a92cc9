// Exponentials of squared distances in integers: x [rows][depth], points [columns][depth] int8_t or int16_t, levels of one
// grid -> y [rows][columns] int16_t in 2^-15 (1 is 32767); table [65] int32_t: 2^-(i/64) in 2^-16.
// Geometry: rows, depth, columns, difference_shift, multiplier, shift (int32_t). y overlaps neither operand.
// Value: d = sum of ((|x - p| + half) >> difference_shift)^2, which the compiler proved to fit; u = (d * multiplier) >>
//   shift in 2^-15; 2^-u between the entries of the table by a straight line, rounded to the nearest.
#ifndef MOTE_KERNELS_QUANTIZED_RADIAL_KERNEL_HPP
#define MOTE_KERNELS_QUANTIZED_RADIAL_KERNEL_HPP
#include "kernel_base.hpp"

namespace MOTE_NAMESPACE {

template <class Table>
inline int16_t power_of_minus(uint64_t exponent, Table table) {
  if (exponent >= (static_cast<uint64_t>(17) << 15)) { return static_cast<int16_t>(0); }
  const uint32_t u = static_cast<uint32_t>(exponent);
  const uint32_t whole = u >> 15;
  const int32_t entry = static_cast<int32_t>((u & 32767u) >> 9);
  const int32_t part = static_cast<int32_t>(u & 511u);
  const int32_t above = table[entry];
  const int32_t value = above - (((above - table[entry + 1]) * part + 256) >> 9);
  const int32_t level = (value + (static_cast<int32_t>(1) << whole)) >> (whole + 1u);
  return static_cast<int16_t>(level < 32767 ? level : 32767);
}

template <class G, class X, class P>
inline uint32_t quantized_distance(const X* x, P point) {
  const int32_t half = (static_cast<int32_t>(1) << G::difference_shift) >> 1;
  int32_t sum = 0;
  for (int32_t k = 0; k < G::depth; ++k) {
    const int32_t difference = static_cast<int32_t>(x[k]) - static_cast<int32_t>(point[k]);
    const int32_t size = ((difference < 0 ? -difference : difference) + half) >> G::difference_shift;
    sum += size * size;
  }
  return static_cast<uint32_t>(sum);
}

template <class G, class X, class P, class Table>
inline void quantized_radial_kernel(G, const X* x, P points, Table table, int16_t* y) {
  for (int32_t row = 0; row < G::rows; ++row) {
    for (int32_t column = 0; column < G::columns; ++column) {
      const uint64_t distance = quantized_distance<G>(x + row * G::depth, points + column * G::depth);
      *y = power_of_minus((distance * static_cast<uint32_t>(G::multiplier)) >> G::shift, table);
      ++y;
    }
  }
}

}  // namespace MOTE_NAMESPACE

#endif
