// Functions of two, three or any number of elements, applied to whole tensors. F is one of the functions in
// binary_functions.hpp, comparisons.hpp or powers.hpp: a type with a static `of(elements...)`.
//
//   binary<F>(G, a, b, y)                 y[i] = F(a, b), broadcasting          Geometry: the walk of walk.hpp
//   ternary<F>(G, a, b, c, y)             y[i] = F(a, b, c), broadcasting       Geometry: the walk of walk.hpp
//   fold<F, S0, S1, ...>(G, y, x0, x1, ...)                                     Geometry: count
//       y[i] = F(... F(F(x0, x1), x2) ...), operand k read at i * Sk: 1 for a tensor of y's shape, 0 for a scalar
//
// Every y[i] is written after all reads for i, in order of i: y may be any operand of its shape whose elements are of
// the same type, or of any type if those of y are single bytes.
#ifndef MOTE_KERNELS_BROADCAST_HPP
#define MOTE_KERNELS_BROADCAST_HPP
#include "walk.hpp"

namespace MOTE_NAMESPACE {

template <class F, class G, class A, class B, class Y>
inline void binary(G, A a, B b, Y* y) {
  int32_t i = 0;
  walk<G>(IndexAB{0, 0}, [&](IndexAB at) { y[i++] = F::of(a[at.a], b[at.b]); });
}

template <class F, class G, class A, class B, class C, class Y>
inline void ternary(G, A a, B b, C c, Y* y) {
  int32_t i = 0;
  walk<G>(IndexABC{0, 0, 0}, [&](IndexABC at) { y[i++] = F::of(a[at.a], b[at.b], c[at.c]); });
}

template <class F, class T>
MOTE_ALWAYS_INLINE T fold_elements(int32_t, T folded) {
  return folded;
}
template <class F, int32_t Step, int32_t... Steps, class T, class X, class... Rest>
MOTE_ALWAYS_INLINE T fold_elements(int32_t i, T folded, X x, Rest... rest) {
  return fold_elements<F, Steps...>(i, F::of(folded, x[i * Step]), rest...);
}

template <class F, int32_t Step, int32_t... Steps, class G, class T, class X, class... Rest>
inline void fold(G, T* y, X x, Rest... rest) {
  for (int32_t i = 0; i < G::count; ++i) {
    const T first = x[i * Step];
    y[i] = F::finished(fold_elements<F, Steps...>(i, first, rest...), static_cast<int32_t>(sizeof...(Steps)) + 1);
  }
}

}  // namespace MOTE_NAMESPACE

#endif
