// Poolings by their definition: the taps of every window, gathered one by one.
#pragma once

#include <cstdint>
#include <vector>

#include "float_check.hpp"
#include "random_geometry.hpp"

namespace mote::test {

template <uint64_t Seed>
struct RandomPool : RandomWindow<Seed> {
  static constexpr int32_t kernel_d = draw(Seed, 40, 1, 3), stride_d = draw(Seed, 41, 1, 2);
  static constexpr int32_t dilation_d = draw(Seed, 42, 1, 2);
  static constexpr int32_t pad_front = draw(Seed, 43, 0, kernel_d - 1), pad_back = draw(Seed, 44, 0, kernel_d - 1);
  static constexpr int32_t in_d = at_least(draw(Seed, 45, 1, 5), reach_of(kernel_d, dilation_d) - pad_front - pad_back);
  static constexpr int32_t out_d = outputs_of(in_d, pad_front + pad_back, kernel_d, stride_d, dilation_d);
  // One more row than the pads allow: the window that ceil_mode adds hangs over the far edge.
  static constexpr int32_t out_h =
      RandomWindow<Seed>::out_h +
      (RandomWindow<Seed>::out_h * RandomWindow<Seed>::stride_h < RandomWindow<Seed>::in_h + RandomWindow<Seed>::pad_top
           ? 1
           : 0);
  static constexpr int32_t channels = draw(Seed, 46, 1, 21), tile_c = draw(Seed, 47, 1, 16);
  static constexpr bool count_include_pad = draw(Seed, 48, 0, 1) == 1;
};

// The taps of one window, in order, and how many lie inside the padded input.
template <class T>
struct PoolTaps {
  std::vector<T> inside;
  int32_t inside_padded = 0;
};

template <class G, class T>
PoolTaps<T> taps_at(const std::vector<T>& input, int32_t n, int32_t od, int32_t oh, int32_t ow, int32_t c) {
  PoolTaps<T> window;
  for (int32_t kd = 0; kd < G::kernel_d; ++kd)
    for (int32_t kh = 0; kh < G::kernel_h; ++kh)
      for (int32_t kw = 0; kw < G::kernel_w; ++kw) {
        const int32_t d = od * G::stride_d - G::pad_front + kd * G::dilation_d;
        const int32_t h = oh * G::stride_h - G::pad_top + kh * G::dilation_h;
        const int32_t w = ow * G::stride_w - G::pad_left + kw * G::dilation_w;
        if (d < G::in_d + G::pad_back && h < G::in_h + G::pad_bottom && w < G::in_w + G::pad_right)
          ++window.inside_padded;
        if (d < 0 || h < 0 || w < 0 || d >= G::in_d || h >= G::in_h || w >= G::in_w) continue;
        window.inside.push_back(input[at((((n * G::in_d + d) * G::in_h + h) * G::in_w + w) * G::channels + c)]);
      }
  return window;
}

// reduce(taps) for every output.
template <class G, class T, class Reduce>
std::vector<T> pooled(const std::vector<T>& input, Reduce reduce) {
  std::vector<T> output;
  for (int32_t n = 0; n < G::batch; ++n)
    for (int32_t od = 0; od < G::out_d; ++od)
      for (int32_t oh = 0; oh < G::out_h; ++oh)
        for (int32_t ow = 0; ow < G::out_w; ++ow)
          for (int32_t c = 0; c < G::channels; ++c) output.push_back(reduce(taps_at<G>(input, n, od, oh, ow, c)));
  return output;
}

}  // namespace mote::test
