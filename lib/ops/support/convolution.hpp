#pragma once
#include <algorithm>
#include <array>
#include <vector>

#include "lib/ops/support/activation_steps.hpp"
#include "lib/ops/support/window.hpp"

namespace mote::ops {

// Elements from one output channel, input channel of a group, or tap of the weights to the next.
struct WeightSteps {
  std::int64_t out_channel = 0, in_channel = 0, tap = 0;
};

// A convolution of any layout. Output channel oc belongs to group oc / group_out_c and reads group_in_c channels.
struct Convolution {
  std::int64_t batch = 0, groups = 1, group_in_c = 0, group_out_c = 0;
  Window window{};
  ActivationSteps input{}, output{};
  WeightSteps weights{};

  [[nodiscard]] std::int64_t macs() const {
    return batch * groups * group_out_c * group_in_c * output_positions(window) * tap_count(window);
  }
};

// [group][tap][ic][oc]: what lets the innermost loop of `convolve` run over neighbouring elements in any layout.
template <class T>
std::vector<T> weights_by_reduction(const Convolution& conv, const T* weights) {
  std::vector<T> packed;
  packed.reserve(static_cast<std::size_t>(conv.groups * tap_count(conv.window) * conv.group_in_c * conv.group_out_c));
  for (std::int64_t group = 0; group < conv.groups; ++group)
    for (std::int64_t tap = 0; tap < tap_count(conv.window); ++tap)
      for (std::int64_t ic = 0; ic < conv.group_in_c; ++ic)
        for (std::int64_t oc = group * conv.group_out_c; oc < (group + 1) * conv.group_out_c; ++oc)
          packed.push_back(
              weights[oc * conv.weights.out_channel + ic * conv.weights.in_channel + tap * conv.weights.tap]);
  return packed;
}

// sums[oc] += values[ic * step] * rows[ic][oc], ic upwards. Neighbouring output channels are summed side by side in
// registers; each sum sees the same operations in the same order however many there are.
template <class T>
void add_pixel(const T* values, std::int64_t step, std::int64_t in_channels, const T* rows, std::int64_t out_channels, T* sums) {
  constexpr std::int64_t block = 16;
  std::int64_t first = 0;
  for (; first + block <= out_channels; first += block) {
    std::array<T, block> own;
    std::copy_n(sums + first, block, own.begin());
    for (std::int64_t ic = 0; ic < in_channels; ++ic) {
      const T value = values[ic * step];
      const T* row = rows + ic * out_channels + first;
      for (std::size_t oc = 0; oc < own.size(); ++oc) own[oc] += value * row[oc];
    }
    std::copy_n(own.begin(), block, sums + first);
  }
  for (std::int64_t ic = 0; ic < in_channels; ++ic)
    for (std::int64_t oc = first; oc < out_channels; ++oc) sums[oc] += values[ic * step] * rows[ic * out_channels + oc];
}

// Every output channel reads the input channel of its own number, and both lie side by side.
inline bool is_plain_depthwise(const Convolution& conv) {
  return conv.group_in_c == 1 && conv.group_out_c == 1 && conv.groups > 1 && conv.input.channel == 1 && conv.output.channel == 1;
}

// `convolve` of such a convolution, all channels of a pixel at once.
template <class T>
void convolve_depthwise(const Convolution& conv, const T* x, const T* weights, const T* bias, T* y) {
  Convolution by_tap = conv;  // its weights as one group: [tap][channel]
  by_tap.groups = 1;
  by_tap.group_out_c = conv.groups;
  const std::vector<T> packed = weights_by_reduction(by_tap, weights);
  for (std::int64_t n = 0; n < conv.batch; ++n)
    for_each_window(conv.window, [&](const auto& origin, const auto& taps, std::int64_t position) {
      T* out = y + n * conv.output.batch + position * conv.output.pixel;
      for (std::int64_t c = 0; c < conv.groups; ++c) out[c] = bias == nullptr ? T{0} : bias[c];
      for_each_tap(conv.window, origin, taps, [&](std::int64_t tap, std::int64_t pixel) {
        const T* values = x + n * conv.input.batch + pixel * conv.input.pixel;
        const T* row = packed.data() + tap * conv.groups;
        for (std::int64_t c = 0; c < conv.groups; ++c) out[c] += values[c] * row[c];
      });
    });
}

// y = bias (0 if null), then taps kd, kh, kw, ic upwards: one multiplication, then one addition each; taps in the
// padding are skipped. The order that every convolution kernel documents.
template <class T>
void convolve(const Convolution& conv, const T* x, const T* weights, const T* bias, T* y) {
  if (is_plain_depthwise(conv)) return convolve_depthwise(conv, x, weights, bias, y);
  const std::vector<T> packed = weights_by_reduction(conv, weights);
  const std::int64_t all_taps = tap_count(conv.window);
  std::vector<T> sums(static_cast<std::size_t>(conv.group_out_c));
  for (std::int64_t n = 0; n < conv.batch; ++n)
    for_each_window(conv.window, [&](const auto& origin, const auto& taps, std::int64_t position) {
      for (std::int64_t group = 0; group < conv.groups; ++group) {
        const std::int64_t first_oc = group * conv.group_out_c;
        if (bias == nullptr)
          std::ranges::fill(sums, T{0});
        else
          std::copy_n(bias + first_oc, sums.size(), sums.begin());
        for_each_tap(conv.window, origin, taps, [&](std::int64_t tap, std::int64_t pixel) {
          add_pixel(x + n * conv.input.batch + group * conv.group_in_c * conv.input.channel + pixel * conv.input.pixel,
                    conv.input.channel, conv.group_in_c,
                    packed.data() + (group * all_taps + tap) * conv.group_in_c * conv.group_out_c, conv.group_out_c,
                    sums.data());
        });
        T* out = y + n * conv.output.batch + first_oc * conv.output.channel + position * conv.output.pixel;
        for (std::size_t oc = 0; oc < sums.size(); ++oc)
          out[static_cast<std::int64_t>(oc) * conv.output.channel] = sums[oc];
      }
    });
}

}  // namespace mote::ops
