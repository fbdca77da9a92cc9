// Sums of products of bytes, four neighbours at a time. On cores with the DSP extension of Armv7E-M and Armv8-M two of
// the products are one instruction (SMLAD), elsewhere the same sums are made one by one.
#ifndef MOTE_KERNELS_BYTE_QUADS_HPP
#define MOTE_KERNELS_BYTE_QUADS_HPP

#include "lanes_s32.hpp"
#include "tile.hpp"

namespace MOTE_NAMESPACE {

// Two numbers of 16 bits, the first in the low half.
struct PairS16 {
  uint32_t bits;
};

#if defined(__GNUC__) && defined(__ARM_FEATURE_SIMD32)

// Bytes 0 and 2 of a word, and bytes 1 and 3, extended by their signs.
MOTE_ALWAYS_INLINE PairS16 even_bytes(uint32_t word) {
  uint32_t pair;
  __asm__("sxtb16 %0, %1" : "=r"(pair) : "r"(word));
  return PairS16{pair};
}
MOTE_ALWAYS_INLINE PairS16 odd_bytes(uint32_t word) {
  uint32_t pair;
  __asm__("sxtb16 %0, %1, ror #8" : "=r"(pair) : "r"(word));
  return PairS16{pair};
}
// The saturation flag that SMLAD may raise is read by nobody.
MOTE_ALWAYS_INLINE int32_t add_pair_products(int32_t sum, PairS16 a, PairS16 b) {
  int32_t result;
  __asm__("smlad %0, %1, %2, %3" : "=r"(result) : "r"(a.bits), "r"(b.bits), "r"(sum));
  return result;
}

#else

MOTE_ALWAYS_INLINE PairS16 even_bytes(uint32_t word) {
  const uint32_t low = static_cast<uint32_t>(static_cast<int8_t>(word)) & 0xffffu;
  return PairS16{low | static_cast<uint32_t>(static_cast<int8_t>(word >> 16)) << 16};
}
MOTE_ALWAYS_INLINE PairS16 odd_bytes(uint32_t word) { return even_bytes(word >> 8); }
MOTE_ALWAYS_INLINE int32_t add_pair_products(int32_t sum, PairS16 a, PairS16 b) {
  sum += static_cast<int32_t>(static_cast<int16_t>(a.bits)) * static_cast<int16_t>(b.bits);
  return sum + static_cast<int32_t>(static_cast<int16_t>(a.bits >> 16)) * static_cast<int16_t>(b.bits >> 16);
}

#endif

// Spelled out, a compiler makes one load of it where words may lie anywhere.
template <class Pointer>
MOTE_ALWAYS_INLINE uint32_t byte_at(Pointer from) {
  return static_cast<uint32_t>(static_cast<uint8_t>(lane_at(from)));
}
template <class Pointer>
MOTE_ALWAYS_INLINE uint32_t word_of_bytes(Pointer from) {
  return byte_at(from) | byte_at(from + 1) << 8 | byte_at(from + 2) << 16 | byte_at(from + 3) << 24;
}

struct ByteQuad {
  PairS16 even, odd;

  static MOTE_ALWAYS_INLINE ByteQuad of_word(uint32_t word) { return ByteQuad{even_bytes(word), odd_bytes(word)}; }
};

// A quad of weights for each of neighbouring channels, one behind the other.
template <int32_t Count>
struct ByteQuads {
  ByteQuad head;
  ByteQuads<Count - 1> rest;

  template <class Pointer>
  static MOTE_ALWAYS_INLINE ByteQuads load(Pointer from) {
    return ByteQuads{ByteQuad::of_word(word_of_bytes(from)), ByteQuads<Count - 1>::load(from + 4)};
  }
  MOTE_ALWAYS_INLINE void add_to(LanesS32<Count>& sums, const ByteQuad& x) const {
    sums.head = add_pair_products(add_pair_products(sums.head, x.even, head.even), x.odd, head.odd);
    rest.add_to(sums.rest, x);
  }
};
template <>
struct ByteQuads<0> {
  template <class Pointer>
  static MOTE_ALWAYS_INLINE ByteQuads load(Pointer) {
    return ByteQuads{};
  }
  MOTE_ALWAYS_INLINE void add_to(LanesS32<0>&, const ByteQuad&) const {}
};

// The same weights at the pixels of a tile; the input elements of pixel p are the four at x + p * step.
template <int32_t Width, int32_t Count>
struct QuadsAtPixels {
  template <class Element>
  static MOTE_ALWAYS_INLINE void add(Tile<Width, LanesS32<Count>>& sums, const Element* x, int32_t step,
                                     const ByteQuads<Count>& weights) {
    QuadsAtPixels<Width - 1, Count>::add(sums.before, x, step, weights);
    weights.add_to(sums.pixel, ByteQuad::of_word(word_of_bytes(x + (Width - 1) * step)));
  }
};
template <int32_t Count>
struct QuadsAtPixels<0, Count> {
  template <class Element>
  static MOTE_ALWAYS_INLINE void add(Tile<0, LanesS32<Count>>&, const Element*, int32_t, const ByteQuads<Count>&) {}
};

}  // namespace MOTE_NAMESPACE

#endif  // MOTE_KERNELS_BYTE_QUADS_HPP
