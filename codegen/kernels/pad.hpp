// Grows (or, with negative pads, crops) a tensor along every axis: ONNX Pad.
//   y[o0..o5] = x[s0..s5], s = source of o - before on each axis; outside of x, mode 0 gives `value`.
// Geometry: for axes 0..5 (leading ones of extent 1 where the rank is lower) out<i>, in<i>, before<i>; mode: 0 constant,
//   1 reflect, 2 edge, 3 wrap (int32_t); value (float). x and y do not overlap.
#ifndef MOTE_KERNELS_PAD_HPP
#define MOTE_KERNELS_PAD_HPP
#include "kernel_base.hpp"

namespace MOTE_NAMESPACE {

template <class G, int32_t Axis>
struct PadAxis;

template <class G>
struct PadAxis<G, 0> {
  static constexpr int32_t out = G::out0, in = G::in0, before = G::before0;
};
template <class G>
struct PadAxis<G, 1> {
  static constexpr int32_t out = G::out1, in = G::in1, before = G::before1;
};
template <class G>
struct PadAxis<G, 2> {
  static constexpr int32_t out = G::out2, in = G::in2, before = G::before2;
};
template <class G>
struct PadAxis<G, 3> {
  static constexpr int32_t out = G::out3, in = G::in3, before = G::before3;
};
template <class G>
struct PadAxis<G, 4> {
  static constexpr int32_t out = G::out4, in = G::in4, before = G::before4;
};
template <class G>
struct PadAxis<G, 5> {
  static constexpr int32_t out = G::out5, in = G::in5, before = G::before5;
};

// The position that stands in for `position` on an axis of `extent` elements; unchanged inside, and in constant mode.
template <class G>
MOTE_ALWAYS_INLINE int32_t pad_source(int32_t position, int32_t extent) {
  if (G::mode == 1) {  // mirrored without repeating the edge: ... 2 1 [0 1 2] 1 0 ...
    while (extent > 1 && (position < 0 || position >= extent)) {
      position = position < 0 ? -position : 2 * (extent - 1) - position;
    }
  }
  if (G::mode == 2) { position = position < 0 ? 0 : (position < extent ? position : extent - 1); }
  if (G::mode == 3) {
    while (position < 0) { position += extent; }
    while (position >= extent) { position -= extent; }
  }
  return position;
}

template <class G, int32_t Axis>
struct PadLoop {
  template <class X, class T>
  static T* run(X x, T* y, int32_t row, bool inside) {
    typedef PadAxis<G, Axis> A;
    for (int32_t o = 0; o < A::out; ++o) {
      const int32_t source = pad_source<G>(o - A::before, A::in);
      y = PadLoop<G, Axis + 1>::run(x, y, row * A::in + source, inside && source >= 0 && source < A::in);
    }
    return y;
  }
};

template <class G>
struct PadLoop<G, 6> {
  template <class X, class T>
  static MOTE_ALWAYS_INLINE T* run(X x, T* y, int32_t index, bool inside) {
    *y = inside ? static_cast<T>(x[index]) : static_cast<T>(G::value);
    return y + 1;
  }
};

template <class G, class X, class T>
inline void pad(G, X x, T* y) {
  PadLoop<G, 0>::run(x, y, 0, true);
}

}  // namespace MOTE_NAMESPACE

#endif
