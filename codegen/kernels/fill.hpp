// Tensors that follow from constants alone, too large to be stored as such.
//   fill<T>(G, y)       y[i] = the number whose bits are high_bits, low_bits    Geometry: count, low_bits, high_bits
//   count_up<T>(G, y)   y[i] = start + i * delta; integers wrap                 Geometry: count, start, delta
#ifndef MOTE_KERNELS_FILL_HPP
#define MOTE_KERNELS_FILL_HPP
#include "kernel_base.hpp"

namespace MOTE_NAMESPACE {

// Bits, because a field cannot hold every number of every type: 64-bit integers, NaN.
template <size_t Bytes>
struct BitsOfSize;
template <>
struct BitsOfSize<1> {
  using type = uint8_t;
};
template <>
struct BitsOfSize<2> {
  using type = uint16_t;
};
template <>
struct BitsOfSize<4> {
  using type = uint32_t;
};
template <>
struct BitsOfSize<8> {
  using type = uint64_t;
};

template <class T, class G>
inline void fill(G, T* y) {
  using Bits = typename BitsOfSize<sizeof(T)>::type;
  const uint64_t low = static_cast<uint32_t>(G::low_bits);
  const uint64_t high = static_cast<uint32_t>(G::high_bits);
  const Bits bits = static_cast<Bits>((high << 32) | low);
  T value = T();
  memcpy(&value, &bits, sizeof value);
  for (int32_t i = 0; i < G::count; ++i) { y[i] = value; }
}

template <class T>
MOTE_ALWAYS_INLINE T counted(T start, T delta, int32_t i) {
  return static_cast<T>(static_cast<uint64_t>(start) + static_cast<uint64_t>(delta) * static_cast<uint64_t>(i));
}
MOTE_ALWAYS_INLINE float counted(float start, float delta, int32_t i) {
  return start + static_cast<float>(i) * delta;
}

template <class T, class G>
inline void count_up(G, T* y) {
  for (int32_t i = 0; i < G::count; ++i) {
    y[i] = counted(static_cast<T>(G::start), static_cast<T>(G::delta), i);
  }
}

}  // namespace MOTE_NAMESPACE

#endif
