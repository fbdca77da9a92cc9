// What every kernel stands on: the namespace of a drop, the door to constants, the two bit casts, the clamp.
//
// A kernel is a function template on its geometry G, a type whose members are `static constexpr`. They are only
// ever used as values: C++14 would ask for a definition as soon as one is bound to a reference.
// Numbers: IEEE-754 binary32 with subnormals, round to nearest even, no contraction of a*b+c: build with
// -ffp-contract=off, and where Helium could get loops over floats, which takes subnormals for zero, with
// -fno-tree-vectorize -fno-tree-slp-vectorize.
#ifndef MOTE_KERNELS_KERNEL_BASE_HPP
#define MOTE_KERNELS_KERNEL_BASE_HPP

#include <stddef.h>
#include <stdint.h>

// A bare compiler without a C library still provides these three.
#if defined(__has_include)
#if __has_include(<string.h>)
#define MOTE_HAS_STRING_H
#endif
#else
#define MOTE_HAS_STRING_H
#endif
#if defined(MOTE_HAS_STRING_H)
#include <string.h>
#else
extern "C" void* memcpy(void* to, const void* from, size_t count);
extern "C" void* memmove(void* to, const void* from, size_t count);
extern "C" void* memset(void* to, int value, size_t count);
#endif

#if defined(__AVR__)
#include <avr/pgmspace.h>
#endif

#if defined(__FAST_MATH__)
#error "mote kernels promise the same bits everywhere: build them without -ffast-math"
#endif

#if defined(__clang__)
#pragma STDC FP_CONTRACT OFF
#endif

// A drop defines this to a name of its own, so that two drops link into one firmware.
#ifndef MOTE_NAMESPACE
#define MOTE_NAMESPACE mote_kernels
#endif

// Placed after the type of a constant array: `const float table[4] MOTE_CONSTANT = {...};`
#if defined(__AVR__)
#define MOTE_CONSTANT PROGMEM
#else
#define MOTE_CONSTANT
#endif

// For the few functions whose local values live in registers only when they are inlined, at -Os too.
#if defined(__GNUC__)
#define MOTE_ALWAYS_INLINE inline __attribute__((always_inline))
#else
#define MOTE_ALWAYS_INLINE inline
#endif

namespace MOTE_NAMESPACE {

#if defined(__AVR__)

// AVR is a Harvard machine: constants stay in flash and are read through LPM: of the usual sizes inline, others by a call.
template <size_t Bytes>
struct FlashRead {
  static void to(void* value, const void* address) { memcpy_P(value, address, Bytes); }
};
template <>
struct FlashRead<1> {
  static MOTE_ALWAYS_INLINE void to(void* value, const void* address) {
    const uint8_t bits = pgm_read_byte(address);
    memcpy(value, &bits, 1);
  }
};
template <>
struct FlashRead<2> {
  static MOTE_ALWAYS_INLINE void to(void* value, const void* address) {
    const uint16_t bits = pgm_read_word(address);
    memcpy(value, &bits, 2);
  }
};
template <>
struct FlashRead<4> {
  static MOTE_ALWAYS_INLINE void to(void* value, const void* address) {
    const uint32_t bits = pgm_read_dword(address);
    memcpy(value, &bits, 4);
  }
};

template <class T>
class FlashPointer {
 public:
  FlashPointer(const T* address) : address_(address) {}
  MOTE_ALWAYS_INLINE T operator[](int32_t index) const {
    T value;
    FlashRead<sizeof(T)>::to(&value, address_ + static_cast<ptrdiff_t>(index));
    return value;
  }
  FlashPointer operator+(int32_t count) const { return FlashPointer(address_ + static_cast<ptrdiff_t>(count)); }
  bool operator==(const T* other) const { return address_ == other; }
  bool operator!=(const T* other) const { return address_ != other; }

 private:
  const T* address_;
};

template <class T>
using constant_pointer = FlashPointer<T>;

#else

template <class T>
using constant_pointer = const T*;

#endif

// The two bit casts C++14 has no other name for; compilers reduce them to a register move.
MOTE_ALWAYS_INLINE uint32_t bits_of(float value) {
  uint32_t bits = 0;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}

MOTE_ALWAYS_INLINE float float_of(uint32_t bits) {
  float value = 0.0f;
  memcpy(&value, &bits, sizeof value);
  return value;
}

// NaN compares false twice and so passes through.
template <class T>
MOTE_ALWAYS_INLINE T clamp(T value, T lowest, T highest) {
  return value < lowest ? lowest : (value > highest ? highest : value);
}

}  // namespace MOTE_NAMESPACE

#endif  // MOTE_KERNELS_KERNEL_BASE_HPP
