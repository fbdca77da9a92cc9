// y[i] = table[x[i] - the least value of x's type]: any function of one 8-bit element, its 256 values stored.
//
//   x int8_t or uint8_t; table [256] of y's type, a constant.
// Geometry: count (int32_t). Elementwise: y may be x where both have elements of one byte.
#ifndef MOTE_KERNELS_LOOKUP_HPP
#define MOTE_KERNELS_LOOKUP_HPP
#include "kernel_base.hpp"

namespace MOTE_NAMESPACE {

MOTE_ALWAYS_INLINE int32_t table_index(int8_t x) { return static_cast<int32_t>(x) + 128; }
MOTE_ALWAYS_INLINE int32_t table_index(uint8_t x) { return static_cast<int32_t>(x); }

template <class G, class X, class Table, class Y>
inline void lookup(G, const X* x, Table table, Y* y) {
  for (int32_t i = 0; i < G::count; ++i) { y[i] = table[table_index(x[i])]; }
}

}  // namespace MOTE_NAMESPACE

#endif
