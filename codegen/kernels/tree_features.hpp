// What trees compare: the features that they read, as integers, so that no part needs floating point for decisions.
//
//   x [rows][features] float or double; column c reads feature `which[c]`
//   order_features: y [rows][columns] int32_t (float) or int64_t (double), in the order of the real numbers: the bits of
//     a number, with all but the sign inverted where that is set. -0 lies just below +0.
//   rank_features: y [rows][columns] uint8_t or uint16_t: how many thresholds of the column lie below. keys: the
//     thresholds as order_features would give them, ascending; those of column c are keys[starts[c]] ..
//     keys[starts[c + 1] - 1]. x <= threshold k exactly if the rank is at most k.
//   A NaN is above every threshold; where missing_is_low[c] is not 0, below.
// Geometry: rows, features, columns (int32_t), has_missing (bool: missing_is_low is not nullptr).
#ifndef MOTE_KERNELS_TREE_FEATURES_HPP
#define MOTE_KERNELS_TREE_FEATURES_HPP
#include "kernel_base.hpp"

namespace MOTE_NAMESPACE {

struct OrderKeyF32 {
  typedef int32_t Key;
  static MOTE_ALWAYS_INLINE int32_t of(const float* x, bool missing_is_low) {
    int32_t bits = 0;
    memcpy(&bits, x, sizeof bits);
    const int32_t magnitude = bits & 0x7fffffff;
    if (magnitude > 0x7f800000) { return missing_is_low ? -0x7fffffff - 1 : 0x7fffffff; }
    return bits < 0 ? bits ^ 0x7fffffff : bits;
  }
};

struct OrderKeyF64 {
  typedef int64_t Key;
  // A template, so that compilers whose double has 32 bits only complain where one is used.
  template <class X>
  static MOTE_ALWAYS_INLINE int64_t of(const X* x, bool missing_is_low) {
    static_assert(sizeof(X) == 8, "this compiler's double has no 64 bits");
    int64_t bits = 0;
    memcpy(&bits, x, sizeof bits);
    const int64_t magnitude = bits & 0x7fffffffffffffffLL;
    if (magnitude > 0x7ff0000000000000LL) {
      return missing_is_low ? -0x7fffffffffffffffLL - 1 : 0x7fffffffffffffffLL;
    }
    return bits < 0 ? bits ^ 0x7fffffffffffffffLL : bits;
  }
};

template <class X>
struct OrderKey;
template <>
struct OrderKey<float> : OrderKeyF32 {};
template <>
struct OrderKey<double> : OrderKeyF64 {};

template <class G, class X, class F, class K>
inline void order_features(G, const X* x, F which, constant_pointer<uint8_t> missing_is_low, K* y) {
  for (int32_t row = 0; row < G::rows; ++row) {
    for (int32_t c = 0; c < G::columns; ++c) {
      const bool low = G::has_missing && missing_is_low[c] != 0;
      *y++ = OrderKey<X>::of(x + static_cast<int32_t>(which[c]), low);
    }
    x += G::features;
  }
}

// The number of keys in [first, last) that are below `value`.
template <class Keys, class K>
inline int32_t count_below(Keys keys, int32_t first, int32_t last, K value) {
  int32_t low = first;
  while (low < last) {
    const int32_t middle = low + (last - low) / 2;
    if (keys[middle] < value) {
      low = middle + 1;
    } else {
      last = middle;
    }
  }
  return low - first;
}

template <class G, class X, class F, class S, class Keys, class R>
inline void rank_features(G, const X* x, F which, S starts, Keys keys, constant_pointer<uint8_t> missing_is_low, R* y) {
  for (int32_t row = 0; row < G::rows; ++row) {
    int32_t first = 0;
    for (int32_t c = 0; c < G::columns; ++c) {
      const bool low = G::has_missing && missing_is_low[c] != 0;
      const int32_t last = static_cast<int32_t>(starts[c + 1]);
      const typename OrderKey<X>::Key key = OrderKey<X>::of(x + static_cast<int32_t>(which[c]), low);
      *y++ = static_cast<R>(count_below(keys, first, last, key));
      first = last;
    }
    x += G::features;
  }
}

}  // namespace MOTE_NAMESPACE

#endif
