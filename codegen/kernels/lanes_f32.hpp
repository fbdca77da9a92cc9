// Sums held in registers: LanesF32 is a run of neighbouring channels; tile.hpp takes the same channels at several pixels.
//
// Unrolling is done by template recursion, so it holds at -Os and does not hang on a compiler's vectorizer. Where
// the machine has IEEE vectors, a run is cut into GNU vectors; each lane multiplies, rounds, adds and rounds as a
// scalar would, so the bits do not depend on the cut. 32-bit NEON and MVE are left out: they flush subnormals.
#ifndef MOTE_KERNELS_LANES_F32_HPP
#define MOTE_KERNELS_LANES_F32_HPP

#include "kernel_base.hpp"

#if defined(__GNUC__) && defined(__AVX__)
#define MOTE_VECTOR_F32 8
#elif defined(__GNUC__) && (defined(__SSE2__) || (defined(__aarch64__) && defined(__ARM_NEON)))
#define MOTE_VECTOR_F32 4
#else
#define MOTE_VECTOR_F32 1
#endif

namespace MOTE_NAMESPACE {

// One register's worth of lanes.
template <int32_t Width>
struct ChunkF32;

template <>
struct ChunkF32<1> {
  typedef float Type;
  template <class Pointer>
  static MOTE_ALWAYS_INLINE Type load(Pointer from) {
    return from[0];
  }
  static MOTE_ALWAYS_INLINE Type gather(const float* from, int32_t first, int32_t) { return from[first]; }
  static MOTE_ALWAYS_INLINE void store(float* to, Type value) { to[0] = value; }
  static MOTE_ALWAYS_INLINE Type splat(float value) { return value; }
};

#if MOTE_VECTOR_F32 >= 4
template <>
struct ChunkF32<4> {
  typedef float Type __attribute__((vector_size(16)));
  static MOTE_ALWAYS_INLINE Type load(const float* from) {
    Type value;
    memcpy(&value, from, sizeof value);
    return value;
  }
  static MOTE_ALWAYS_INLINE Type gather(const float* from, int32_t first, int32_t step) {
    return Type{from[first], from[first + step], from[first + 2 * step], from[first + 3 * step]};
  }
  static MOTE_ALWAYS_INLINE void store(float* to, Type value) { memcpy(to, &value, sizeof value); }
  static MOTE_ALWAYS_INLINE Type splat(float value) { return Type{value, value, value, value}; }
};
#endif

#if MOTE_VECTOR_F32 >= 8
template <>
struct ChunkF32<8> {
  typedef float Type __attribute__((vector_size(32)));
  static MOTE_ALWAYS_INLINE Type load(const float* from) {
    Type value;
    memcpy(&value, from, sizeof value);
    return value;
  }
  static MOTE_ALWAYS_INLINE Type gather(const float* from, int32_t first, int32_t step) {
    return Type{from[first],
                from[first + step],
                from[first + 2 * step],
                from[first + 3 * step],
                from[first + 4 * step],
                from[first + 5 * step],
                from[first + 6 * step],
                from[first + 7 * step]};
  }
  static MOTE_ALWAYS_INLINE void store(float* to, Type value) { memcpy(to, &value, sizeof value); }
  static MOTE_ALWAYS_INLINE Type splat(float value) {
    return Type{value, value, value, value, value, value, value, value};
  }
};
#endif

constexpr int32_t chunk_width_f32(int32_t count) {
  return count >= MOTE_VECTOR_F32 ? MOTE_VECTOR_F32 : (MOTE_VECTOR_F32 >= 4 && count >= 4 ? 4 : 1);
}

template <int32_t Count>
struct LanesF32 {
  enum : int32_t { width = chunk_width_f32(Count) };
  typedef ChunkF32<width> Chunk;
  typedef LanesF32<Count - width> Rest;

  typename Chunk::Type head;
  Rest rest;

  template <class Pointer>
  static MOTE_ALWAYS_INLINE LanesF32 load(Pointer from) {
    return LanesF32{Chunk::load(from), Rest::load(from + width)};
  }
  // Lane i is from[first + i * step]; indices, so that no pointer beyond the operand is ever formed.
  static MOTE_ALWAYS_INLINE LanesF32 gather(const float* from, int32_t first, int32_t step) {
    return LanesF32{Chunk::gather(from, first, step), Rest::gather(from, first + width * step, step)};
  }
  static MOTE_ALWAYS_INLINE LanesF32 splat(float value) { return LanesF32{Chunk::splat(value), Rest::splat(value)}; }
  MOTE_ALWAYS_INLINE void store(float* to) const {
    Chunk::store(to, head);
    rest.store(to + width);
  }
  MOTE_ALWAYS_INLINE void add(const LanesF32& other) {
    head = head + other.head;
    rest.add(other.rest);
  }
  MOTE_ALWAYS_INLINE void multiply(const LanesF32& factors) {
    head = head * factors.head;
    rest.multiply(factors.rest);
  }
  MOTE_ALWAYS_INLINE void divide(float divisor) {
    head = head / Chunk::splat(divisor);
    rest.divide(divisor);
  }
  MOTE_ALWAYS_INLINE void add_product(float factor, const LanesF32& weights) {
    head = head + Chunk::splat(factor) * weights.head;
    rest.add_product(factor, weights.rest);
  }
  MOTE_ALWAYS_INLINE void add_product(const LanesF32& factors, const LanesF32& weights) {
    head = head + factors.head * weights.head;
    rest.add_product(factors.rest, weights.rest);
  }
  // A NaN on either side wins: an invalid reading must not vanish in a maximum.
  MOTE_ALWAYS_INLINE void take_greater(const LanesF32& other) {
    head = other.head > head ? other.head : head;
    head = other.head == other.head ? head : other.head;
    rest.take_greater(other.rest);
  }
  MOTE_ALWAYS_INLINE void raise_to(float lowest) {
    const typename Chunk::Type bound = Chunk::splat(lowest);
    head = head < bound ? bound : head;
    rest.raise_to(lowest);
  }
  MOTE_ALWAYS_INLINE void lower_to(float highest) {
    const typename Chunk::Type bound = Chunk::splat(highest);
    head = head > bound ? bound : head;
    rest.lower_to(highest);
  }
};

template <>
struct LanesF32<0> {
  template <class Pointer>
  static MOTE_ALWAYS_INLINE LanesF32 load(Pointer) {
    return LanesF32{};
  }
  static MOTE_ALWAYS_INLINE LanesF32 gather(const float*, int32_t, int32_t) { return LanesF32{}; }
  static MOTE_ALWAYS_INLINE LanesF32 splat(float) { return LanesF32{}; }
  MOTE_ALWAYS_INLINE void store(float*) const {}
  MOTE_ALWAYS_INLINE void add(const LanesF32&) {}
  MOTE_ALWAYS_INLINE void multiply(const LanesF32&) {}
  MOTE_ALWAYS_INLINE void divide(float) {}
  MOTE_ALWAYS_INLINE void add_product(float, const LanesF32&) {}
  MOTE_ALWAYS_INLINE void add_product(const LanesF32&, const LanesF32&) {}
  MOTE_ALWAYS_INLINE void take_greater(const LanesF32&) {}
  MOTE_ALWAYS_INLINE void raise_to(float) {}
  MOTE_ALWAYS_INLINE void lower_to(float) {}
};

// What follows a sum: the residual, then the clamp `y < lo ? lo : (y > hi ? hi : y)`, then the store.
// Bounds with lowest <= highest may be applied one after the other; NaN passes both.
template <class G, int32_t Count>
MOTE_ALWAYS_INLINE void finish_f32(LanesF32<Count> sum, const float* residual, float* output) {
  if (G::has_residual) { sum.add(LanesF32<Count>::load(residual)); }
  if (G::clamp_low) { sum.raise_to(G::lowest); }
  if (G::clamp_high) { sum.lower_to(G::highest); }
  sum.store(output);
}

// The same for the pixels of a tile.
template <class G, int32_t Count>
struct FinishF32 {
  const float* residual;
  float* output;

  MOTE_ALWAYS_INLINE void operator()(const LanesF32<Count>& sum, int32_t offset) const {
    finish_f32<G, Count>(sum, G::has_residual ? residual + offset : nullptr, output + offset);
  }
};

}  // namespace MOTE_NAMESPACE

#endif  // MOTE_KERNELS_LANES_F32_HPP
