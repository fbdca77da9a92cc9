// Position of the maximum or minimum along one axis: x [outer][extent][inner] -> y [outer][inner].
// Geometry: outer, extent (>= 1), inner (int32_t), select_last (bool: of equal elements the last, else the first).
// A NaN beats every number; NaNs are equal to each other.
// Order of writes: outputs upwards, each after its own elements were read.
#ifndef MOTE_KERNELS_ARG_REDUCE_HPP
#define MOTE_KERNELS_ARG_REDUCE_HPP
#include "kernel_base.hpp"

namespace MOTE_NAMESPACE {

template <class T>
MOTE_ALWAYS_INLINE bool arg_is_nan(T value) {
  return !(value <= value);
}

struct ArgGreater {
  template <class T>
  static MOTE_ALWAYS_INLINE bool beats(T candidate, T best) {
    return candidate > best || (arg_is_nan(candidate) && !arg_is_nan(best));
  }
};

struct ArgLess {
  template <class T>
  static MOTE_ALWAYS_INLINE bool beats(T candidate, T best) {
    return candidate < best || (arg_is_nan(candidate) && !arg_is_nan(best));
  }
};

template <class Order, class G, class T>
inline int32_t arg_of(const T* x) {
  int32_t position = 0;
  T best = x[0];
  for (int32_t i = 1; i < G::extent; ++i) {
    const T candidate = x[i * G::inner];
    const bool wins = G::select_last ? !Order::beats(best, candidate) : Order::beats(candidate, best);
    if (wins) {
      position = i;
      best = candidate;
    }
  }
  return position;
}

template <class Order, class G, class T>
inline void arg_reduce(const T* x, int64_t* y) {
  for (int32_t outer = 0; outer < G::outer; ++outer) {
    for (int32_t inner = 0; inner < G::inner; ++inner) {
      y[outer * G::inner + inner] = arg_of<Order, G>(x + outer * G::extent * G::inner + inner);
    }
  }
}

template <class G, class T>
inline void arg_max(G, const T* x, int64_t* y) { arg_reduce<ArgGreater, G>(x, y); }
template <class G, class T>
inline void arg_min(G, const T* x, int64_t* y) { arg_reduce<ArgLess, G>(x, y); }

}  // namespace MOTE_NAMESPACE

#endif
