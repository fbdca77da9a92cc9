#pragma once
#include <limits>

#include "lib/ops/support/activation_steps.hpp"
#include "lib/ops/support/order.hpp"
#include "lib/ops/support/window.hpp"

namespace mote::ops {

// A pooling of any layout; every channel by itself.
struct Pooling {
  std::int64_t batch = 0, channels = 0;
  Window window{};
  ActivationSteps input{}, output{};
  bool count_include_pad = false;
  // Index of input (n, c, d, h, w) = (n * channels + c) * positions + the spatial position times these (MaxPool).
  std::array<std::int64_t, 3> index_steps{};
};

// Calls visit(input plane, output element, index of the plane, origin, taps) for every output.
template <class T, class Visit>
void for_each_pool(const Pooling& pool, const T* x, T* y, Visit&& visit) {
  for (std::int64_t n = 0; n < pool.batch; ++n)
    for (std::int64_t c = 0; c < pool.channels; ++c)
      for_each_window(pool.window, [&](const auto& origin, const auto& taps, std::int64_t position) {
        visit(x + n * pool.input.batch + c * pool.input.channel,
              y + n * pool.output.batch + c * pool.output.channel + position * pool.output.pixel, n * pool.channels + c,
              origin, taps);
      });
}

// Taps in order kd, kh, kw; of equal ones the first wins, a NaN wins over all. A window without taps gives -infinity
// (the least integer). `indices`, if not null, receives the index of the winner, of the plane's start without taps;
// outputs must then be channels first.
template <class T>
void max_pool(const Pooling& pool, const T* x, T* y, std::int64_t* indices) {
  constexpr T least =
      std::numeric_limits<T>::has_infinity ? -std::numeric_limits<T>::infinity() : std::numeric_limits<T>::lowest();
  const Window& window = pool.window;
  for_each_pool(pool, x, y,
                [&](const T* plane, T* out, std::int64_t plane_index, const auto& origin, const auto& taps) {
                  T best = least;
                  std::int64_t best_index = 0;
                  bool any = false;
                  for_each_tap(window, origin, taps, [&](std::int64_t, std::int64_t pixel) {
                    const T value = plane[pixel * pool.input.pixel];
                    const bool wins = !any || beats_as_maximum(value, best);
                    any = true;
                    if (!wins) return;
                    best = value;
                    const std::int64_t w = pixel % window[2].in;
                    const std::int64_t h = pixel / window[2].in % window[1].in;
                    const std::int64_t d = pixel / window[2].in / window[1].in;
                    best_index = d * pool.index_steps[0] + h * pool.index_steps[1] + w * pool.index_steps[2];
                  });
                  *out = best;
                  if (indices != nullptr) indices[out - y] = plane_index * input_positions(window) + best_index;
                });
}

// How many taps the mean divides by: those inside the input, or with count_include_pad those inside the padded input.
inline std::int64_t counted_taps(const Pooling& pool, const std::array<std::int64_t, 3>& origin,
                                 const std::array<TapSpan, 3>& taps) {
  std::int64_t count = 1;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const WindowAxis& window = pool.window[axis];
    // No window starts before the leading pad, so its taps all count.
    count *=
        pool.count_include_pad ? taps_within(window, origin[axis], window.in + window.pad_end).end : taps[axis].size();
  }
  return count;
}

// Sum of the taps inside in order kd, kh, kw from 0, then one division by the number of taps inside, or with
// count_include_pad of taps inside the padded input. A window without taps gives 0.
template <class T>
void average_pool(const Pooling& pool, const T* x, T* y) {
  const Window& window = pool.window;
  for_each_pool(pool, x, y, [&](const T* plane, T* out, std::int64_t, const auto& origin, const auto& taps) {
    T sum{0};
    for_each_tap(window, origin, taps,
                 [&](std::int64_t, std::int64_t pixel) { sum += plane[pixel * pool.input.pixel]; });
    const std::int64_t count = counted_taps(pool, origin, taps);
    *out = sum / static_cast<T>(count > 0 ? count : 1);
  });
}

}  // namespace mote::ops
