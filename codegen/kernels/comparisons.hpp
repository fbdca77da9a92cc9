// Comparisons and boolean functions for broadcast.hpp. Booleans are bytes holding 0 or 1.
#ifndef MOTE_KERNELS_COMPARISONS_HPP
#define MOTE_KERNELS_COMPARISONS_HPP
#include "broadcast.hpp"

namespace MOTE_NAMESPACE {

struct Equal {
  template <class T>
  static uint8_t of(T a, T b) {
    return a == b ? 1 : 0;
  }
};

struct Less {
  template <class T>
  static uint8_t of(T a, T b) {
    return a < b ? 1 : 0;
  }
};

struct LessOrEqual {
  template <class T>
  static uint8_t of(T a, T b) {
    return a <= b ? 1 : 0;
  }
};

struct Greater {
  template <class T>
  static uint8_t of(T a, T b) {
    return a > b ? 1 : 0;
  }
};

struct GreaterOrEqual {
  template <class T>
  static uint8_t of(T a, T b) {
    return a >= b ? 1 : 0;
  }
};

struct And {
  static uint8_t of(uint8_t a, uint8_t b) { return a != 0 && b != 0 ? 1 : 0; }
};

struct Or {
  static uint8_t of(uint8_t a, uint8_t b) { return a != 0 || b != 0 ? 1 : 0; }
};

struct Xor {
  static uint8_t of(uint8_t a, uint8_t b) { return (a != 0) != (b != 0) ? 1 : 0; }
};

// b where a holds, else c.
struct Where {
  template <class T>
  static T of(uint8_t a, T b, T c) {
    return a != 0 ? b : c;
  }
};

}  // namespace MOTE_NAMESPACE

#endif
