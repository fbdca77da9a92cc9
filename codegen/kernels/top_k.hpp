// The best elements along one axis and their positions: x [outer][extent][inner] -> values, positions
// [outer][count][inner], either of which may be nullptr; scratch: count int32_t.
// Geometry: outer, extent, inner, count (1 to extent) (int32_t), largest (bool: else the smallest).
// Best first; of equal elements the first. A NaN beats every number.
#ifndef MOTE_KERNELS_TOP_K_HPP
#define MOTE_KERNELS_TOP_K_HPP
#include "arg_reduce.hpp"

namespace MOTE_NAMESPACE {

template <class T>
MOTE_ALWAYS_INLINE void store_result(T* to, int32_t index, T value) { to[index] = value; }
template <class T>
MOTE_ALWAYS_INLINE void store_result(decltype(nullptr), int32_t, T) {}

template <class G, class T>
MOTE_ALWAYS_INLINE bool comes_before(T candidate, T other) {
  return G::largest ? ArgGreater::beats(candidate, other) : ArgLess::beats(candidate, other);
}

// Inserts one element after another among the best so far; an equal one goes behind.
template <class G, class T>
inline void find_best(const T* x, int32_t* best) {
  int32_t found = 0;
  for (int32_t i = 0; i < G::extent; ++i) {
    const T candidate = x[i * G::inner];
    int32_t place = found;
    while (place > 0 && comes_before<G>(candidate, x[best[place - 1] * G::inner])) {
      if (place < G::count) { best[place] = best[place - 1]; }
      --place;
    }
    if (place < G::count) { best[place] = i; }
    if (found < G::count) { ++found; }
  }
}

template <class G, class T, class Values, class Positions>
inline void top_k(G, const T* x, Values values, Positions positions, uint8_t* scratch) {
  int32_t* const best = static_cast<int32_t*>(static_cast<void*>(scratch));
  for (int32_t outer = 0; outer < G::outer; ++outer) {
    for (int32_t inner = 0; inner < G::inner; ++inner) {
      const T* const row = x + outer * G::extent * G::inner + inner;
      find_best<G>(row, best);
      for (int32_t i = 0; i < G::count; ++i) {
        const int32_t at = (outer * G::count + i) * G::inner + inner;
        store_result(values, at, row[best[i] * G::inner]);
        store_result(positions, at, static_cast<int64_t>(best[i]));
      }
    }
  }
}

}  // namespace MOTE_NAMESPACE

#endif
