// The two-operand functions of ONNX for broadcast.hpp. `finished` completes a fold over n operands.
#ifndef MOTE_KERNELS_BINARY_FUNCTIONS_HPP
#define MOTE_KERNELS_BINARY_FUNCTIONS_HPP
#include "arithmetic.hpp"
#include "broadcast.hpp"

namespace MOTE_NAMESPACE {

struct Add {
  template <class T>
  static T of(T a, T b) {
    return add_of(a, b);
  }
  template <class T>
  static T finished(T sum, int32_t) {
    return sum;
  }
};

struct Sub {
  template <class T>
  static T of(T a, T b) {
    return subtract_of(a, b);
  }
};

struct Mul {
  template <class T>
  static T of(T a, T b) {
    return multiply_of(a, b);
  }
};

struct Div {
  template <class T>
  static T of(T a, T b) {
    return divide_of(a, b);
  }
};

// A NaN beats every number, so that it does not vanish in a maximum or minimum; of equal operands the first is taken.
struct Max {
  template <class T>
  static T of(T a, T b) {
    return b > a || (is_nan(b) && !is_nan(a)) ? b : a;
  }
  template <class T>
  static T finished(T largest, int32_t) {
    return largest;
  }
};

struct Min {
  template <class T>
  static T of(T a, T b) {
    return b < a || (is_nan(b) && !is_nan(a)) ? b : a;
  }
  template <class T>
  static T finished(T smallest, int32_t) {
    return smallest;
  }
};

// The sum of all operands, then one division.
struct Mean {
  template <class T>
  static T of(T a, T b) {
    return add_of(a, b);
  }
  template <class T>
  static T finished(T sum, int32_t count) {
    return sum / static_cast<T>(count);
  }
};

// The mean of two, for broadcasting.
struct MeanOfTwo {
  template <class T>
  static T of(T a, T b) {
    return add_of(a, b) / static_cast<T>(2);
  }
};

// Integers, the sign of the divisor (Mod) or of the dividend (Remainder; ONNX Mod with fmod = 1).
struct Mod {
  template <class T>
  static T of(T a, T b) {
    return modulo_of(a, b);
  }
};

struct Remainder {
  template <class T>
  static T of(T a, T b) {
    return remainder_of(a, b);
  }
};

struct PRelu {
  template <class T>
  static T of(T x, T slope) {
    return x < static_cast<T>(0) ? multiply_of(slope, x) : x;
  }
};

}  // namespace MOTE_NAMESPACE

#endif
