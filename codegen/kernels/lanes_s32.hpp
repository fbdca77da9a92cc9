// Integer sums held in registers: a run of neighbouring channels; tile.hpp takes the same channels at several pixels.
#ifndef MOTE_KERNELS_LANES_S32_HPP
#define MOTE_KERNELS_LANES_S32_HPP

#include "kernel_base.hpp"

namespace MOTE_NAMESPACE {

// The first lane of a run, and where the next one is: elements of any integer type up to 32 bits. half_bytes.hpp has the
// same for weights of four bits.
template <class Pointer>
MOTE_ALWAYS_INLINE int32_t lane_at(Pointer from) {
  return static_cast<int32_t>(from[0]);
}
template <class Pointer>
MOTE_ALWAYS_INLINE Pointer behind_lane(Pointer from) {
  return from + 1;
}

template <int32_t Count>
struct LanesS32 {
  int32_t head;
  LanesS32<Count - 1> rest;

  template <class Pointer>
  static MOTE_ALWAYS_INLINE LanesS32 load(Pointer from) {
    return LanesS32{lane_at(from), LanesS32<Count - 1>::load(behind_lane(from))};
  }
  // Factors have at most 16 bits. Said in so many words, it is one short instruction where the machine has a product of
  // 16 bits (AVR's library, smlabb), and costs nothing where it does not.
  static MOTE_ALWAYS_INLINE int32_t product(int32_t a, int32_t b) {
    return static_cast<int32_t>(static_cast<int16_t>(a)) * static_cast<int16_t>(b);
  }
  MOTE_ALWAYS_INLINE void add_product(int32_t factor, const LanesS32& weights) {
    head += product(factor, weights.head);
    rest.add_product(factor, weights.rest);
  }
  MOTE_ALWAYS_INLINE void add_product(const LanesS32& factors, const LanesS32& weights) {
    head += product(factors.head, weights.head);
    rest.add_product(factors.rest, weights.rest);
  }
};

template <>
struct LanesS32<0> {
  template <class Pointer>
  static MOTE_ALWAYS_INLINE LanesS32 load(Pointer) {
    return LanesS32{};
  }
  MOTE_ALWAYS_INLINE void add_product(int32_t, const LanesS32&) {}
  MOTE_ALWAYS_INLINE void add_product(const LanesS32&, const LanesS32&) {}
};

}  // namespace MOTE_NAMESPACE

#endif  // MOTE_KERNELS_LANES_S32_HPP
