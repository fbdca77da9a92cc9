// y[i] = x[i] in another element type. Floats to integers: towards zero, out of range to the nearest end of the range,
// NaN to 0. Integers to narrower integers: modulo 2^bits. Doubles to float: to the nearest.
//   cast<To>(G, x, y)        Geometry: count
//   cast_to_truth(G, x, y)   Geometry: count; 1 for everything but 0, NaN included
// x and y overlap only if the elements of y are single bytes; then y may be x.
#ifndef MOTE_KERNELS_CAST_HPP
#define MOTE_KERNELS_CAST_HPP
#include "kernel_base.hpp"

namespace MOTE_NAMESPACE {

// 2^(bits - 1) and 2^bits are exact in both float types, the largest integer itself may not be.
template <class To, class From>
MOTE_ALWAYS_INLINE To saturated(From x) {
  const bool has_sign = static_cast<To>(-1) < static_cast<To>(1);
  const uint64_t half = static_cast<uint64_t>(1) << (8 * sizeof(To) - 1);
  const From limit = static_cast<From>(half) * static_cast<From>(has_sign ? 1 : 2);
  if (x != x) { return static_cast<To>(0); }
  if (x >= limit) { return static_cast<To>(has_sign ? half - 1 : half + (half - 1)); }
  if (x <= (has_sign ? -limit : static_cast<From>(-1))) { return static_cast<To>(has_sign ? half : 0); }
  return static_cast<To>(x);
}

template <class To>
struct CastTo {
  template <class From>
  static To of(From x) {
    return static_cast<To>(x);
  }
  static To of(float x) { return saturated<To>(x); }
  static To of(double x) { return saturated<To>(x); }
};
template <>
struct CastTo<float> {
  template <class From>
  static float of(From x) {
    return static_cast<float>(x);
  }
};
template <>
struct CastTo<double> {
  template <class From>
  static double of(From x) {
    return static_cast<double>(x);
  }
};

template <class To, class G, class X>
inline void cast(G, X x, To* y) {
  for (int32_t i = 0; i < G::count; ++i) { y[i] = CastTo<To>::of(x[i]); }
}

template <class G, class X>
inline void cast_to_truth(G, X x, uint8_t* y) {
  for (int32_t i = 0; i < G::count; ++i) { y[i] = x[i] != 0 ? 1 : 0; }
}

}  // namespace MOTE_NAMESPACE

#endif
