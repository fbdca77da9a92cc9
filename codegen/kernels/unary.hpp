// y[i] = F(x[i]) for a function F of unary_functions.hpp, with the parameters that F takes.
//   unary<F>(G, x, y)              Geometry: count
//   unary_alpha<F>(G, x, y)        Geometry: count, alpha
//   unary_alpha_beta<F>(G, x, y)   Geometry: count, alpha, beta
// Elementwise: y may be x where both have one element type, or where the elements of y are single bytes.
#ifndef MOTE_KERNELS_UNARY_HPP
#define MOTE_KERNELS_UNARY_HPP
#include "unary_functions.hpp"

namespace MOTE_NAMESPACE {

template <class F, class G, class X, class Y>
inline void unary(G, X x, Y* y) {
  for (int32_t i = 0; i < G::count; ++i) { y[i] = F::of(x[i]); }
}

// The parameters arrive in the element type of x.
template <class F, class T, class P>
MOTE_ALWAYS_INLINE auto unary_value(T x, P alpha) -> decltype(F::of(x, x)) {
  return F::of(x, static_cast<T>(alpha));
}
template <class F, class T, class P>
MOTE_ALWAYS_INLINE auto unary_value(T x, P alpha, P beta) -> decltype(F::of(x, x, x)) {
  return F::of(x, static_cast<T>(alpha), static_cast<T>(beta));
}

template <class F, class G, class X, class Y>
inline void unary_alpha(G, X x, Y* y) {
  for (int32_t i = 0; i < G::count; ++i) { y[i] = unary_value<F>(x[i], G::alpha); }
}

template <class F, class G, class X, class Y>
inline void unary_alpha_beta(G, X x, Y* y) {
  for (int32_t i = 0; i < G::count; ++i) { y[i] = unary_value<F>(x[i], G::alpha, G::beta); }
}

}  // namespace MOTE_NAMESPACE

#endif
