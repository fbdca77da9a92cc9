// The functions of one element for unary.hpp: types with a static `of(x)`, `of(x, alpha)` or `of(x, alpha, beta)`.
// Templates are exact or single roundings per written operation, for float and double (Abs, Neg, Sign: every number);
// the others exist for float only, because they stand on math_f32.hpp. The order of operations is part of the
// definition: interpreter and drop share this file, so that both give the same bits.
#ifndef MOTE_KERNELS_UNARY_FUNCTIONS_HPP
#define MOTE_KERNELS_UNARY_FUNCTIONS_HPP
#include "math_f32.hpp"

namespace MOTE_NAMESPACE {

// exp(x) - 1 without cancellation near 0: with t = tanh(x/2) it is 2t / (1 - t).
inline float expm1_f32(float x) {
  if (!(abs_f32(x) < 1.0f)) { return exp_f32(x) - 1.0f; }
  const float t = tanh_f32(0.5f * x);
  return 2.0f * t / (1.0f - t);
}

// log(1 + e) for e >= 0: u = 1 + e loses low bits of e, and e / (u - 1) is what they amount to.
inline float log1p_f32(float e) {
  const float u = 1.0f + e;
  if (!(u > 1.0f)) { return e; }
  return u == infinity_f32() ? u : log_f32(u) * (e / (u - 1.0f));
}

// Comparing an unsigned number with 0 is a warning in itself.
template <class T>
MOTE_ALWAYS_INLINE bool is_negative(T x) {
  return x < static_cast<T>(0);
}
MOTE_ALWAYS_INLINE bool is_negative(uint8_t) { return false; }
MOTE_ALWAYS_INLINE bool is_negative(uint16_t) { return false; }
MOTE_ALWAYS_INLINE bool is_negative(uint32_t) { return false; }
MOTE_ALWAYS_INLINE bool is_negative(uint64_t) { return false; }

// Integers wrap: the lowest number is its own negative.
template <class T>
MOTE_ALWAYS_INLINE T negated(T x) {
  return static_cast<T>(static_cast<uint64_t>(0) - static_cast<uint64_t>(x));
}
MOTE_ALWAYS_INLINE float negated(float x) { return -x; }
MOTE_ALWAYS_INLINE double negated(double x) { return -x; }

// ---- numbers

struct Abs {
  template <class T>
  static T of(T x) {
    return is_negative(x) ? negated(x) : x;
  }
  static float of(float x) { return abs_f32(x); }
  // x + 0 turns -0 into 0.
  static double of(double x) { return (x < 0 ? -x : x) + 0; }
};

struct Neg {
  template <class T>
  static T of(T x) {
    return negated(x);
  }
};

// NaN and zeros pass through.
struct Sign {
  template <class T>
  static T of(T x) {
    if (is_negative(x)) { return static_cast<T>(-1); }
    return x > static_cast<T>(0) ? static_cast<T>(1) : x;
  }
};

struct Reciprocal {
  template <class T>
  static T of(T x) {
    return static_cast<T>(1) / x;
  }
};

struct Floor {
  static float of(float x) { return floor_f32(x); }
};
struct Ceil {
  static float of(float x) { return ceil_f32(x); }
};
struct Round {
  static float of(float x) { return round_half_even_f32(x); }
};
struct Sqrt {
  static float of(float x) { return sqrt_f32(x); }
};
struct Exp {
  static float of(float x) { return exp_f32(x); }
};
struct Log {
  static float of(float x) { return log_f32(x); }
};
struct Erf {
  static float of(float x) { return erf_f32(x); }
};

// ---- activations

struct LeakyRelu {
  template <class T>
  static T of(T x, T alpha) {
    return x < static_cast<T>(0) ? alpha * x : x;
  }
};

struct ThresholdedRelu {
  template <class T>
  static T of(T x, T alpha) {
    return x > alpha ? x : static_cast<T>(0);
  }
};

struct HardSigmoid {
  template <class T>
  static T of(T x, T alpha, T beta) {
    return clamp(alpha * x + beta, static_cast<T>(0), static_cast<T>(1));
  }
};

// x * HardSigmoid(x) with alpha 1/6 and beta 1/2.
struct HardSwish {
  template <class T>
  static T of(T x) {
    const T gate = x * (static_cast<T>(1) / static_cast<T>(6)) + static_cast<T>(1) / static_cast<T>(2);
    return x * clamp(gate, static_cast<T>(0), static_cast<T>(1));
  }
};

struct Softsign {
  template <class T>
  static T of(T x) {
    return x / (static_cast<T>(1) + (x < static_cast<T>(0) ? -x : x));
  }
};

struct Sigmoid {
  static float of(float x) { return sigmoid_f32(x); }
};
struct Tanh {
  static float of(float x) { return tanh_f32(x); }
};

struct Elu {
  static float of(float x, float alpha) { return x < 0.0f ? alpha * expm1_f32(x) : x; }
};

// beta is the operator's gamma.
struct Selu {
  static float of(float x, float alpha, float beta) {
    return beta * (x > 0.0f ? x : alpha * expm1_f32(x));
  }
};

struct Celu {
  static float of(float x, float alpha) { return x < 0.0f ? alpha * expm1_f32(x / alpha) : x; }
};

// log(1 + exp(x)); the exponential is never above 1.
struct Softplus {
  static float of(float x) {
    const float e = exp_f32(-abs_f32(x));
    return (x < 0.0f ? 0.0f : x) + log1p_f32(e);
  }
};

// x * tanh(log(1 + exp(x))), a rational function of e = exp(-|x|).
struct Mish {
  static float of(float x) {
    const float e = exp_f32(-abs_f32(x));
    const float numerator = x < 0.0f ? e * (e + 2.0f) : 1.0f + 2.0f * e;
    const float rest = x < 0.0f ? 2.0f : 2.0f * e * e;
    return x * (numerator / (numerator + rest));
  }
};

struct Gelu {
  static float of(float x) { return 0.5f * x * (1.0f + erf_f32(x * 0.707106781f)); }
};

// The approximation with sqrt(2 / pi).
struct GeluTanh {
  static float of(float x) {
    const float cubic = x + 0.044715f * (x * x * x);
    return 0.5f * x * (1.0f + tanh_f32(0.797884561f * cubic));
  }
};

// ---- truth values, bytes holding 0 or 1

struct LogicalNot {
  static uint8_t of(uint8_t x) { return x == 0 ? 1 : 0; }
};

struct IsNaN {
  template <class T>
  static uint8_t of(T x) {
    return x != x ? 1 : 0;
  }
};

// -infinity counts if alpha is not 0, +infinity if beta is not 0.
struct IsInf {
  template <class T>
  static uint8_t of(T x, T alpha, T beta) {
    const bool infinite = x == x && x - x != x - x;
    return infinite && (x < static_cast<T>(0) ? alpha : beta) != static_cast<T>(0) ? 1 : 0;
  }
};

}  // namespace MOTE_NAMESPACE

#endif
