// Geometries drawn at compile time from a seed: a kernel's geometry is a type, so the draw has to be constexpr.
#pragma once

#include <cstdint>

namespace mote::test {

// The n-th draw of a seed, uniform in [lowest, highest] (splitmix64).
constexpr int32_t draw(uint64_t seed, uint64_t n, int32_t lowest, int32_t highest) {
  uint64_t z = (seed + 1) * 0x9e3779b97f4a7c15ull + n * 0xd1342543de82ef95ull;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
  z ^= z >> 31;
  return lowest + static_cast<int32_t>(z % static_cast<uint64_t>(highest - lowest + 1));
}

constexpr int32_t reach_of(int32_t kernel, int32_t dilation) { return (kernel - 1) * dilation + 1; }

// The least input extent that gives one output.
constexpr int32_t at_least(int32_t extent, int32_t needed) { return extent < needed ? needed : extent; }

constexpr int32_t outputs_of(int32_t in, int32_t pads, int32_t kernel, int32_t stride, int32_t dilation) {
  return (in + pads - reach_of(kernel, dilation)) / stride + 1;
}

// What all sliding windows share: asymmetric pads up to the window's reach, strides, dilations, a clamp or none.
template <uint64_t Seed>
struct RandomWindow {
  static constexpr int32_t batch = draw(Seed, 0, 1, 2);
  static constexpr int32_t kernel_h = draw(Seed, 1, 1, 4), kernel_w = draw(Seed, 2, 1, 4);
  static constexpr int32_t stride_h = draw(Seed, 3, 1, 3), stride_w = draw(Seed, 4, 1, 3);
  static constexpr int32_t dilation_h = draw(Seed, 5, 1, 2), dilation_w = draw(Seed, 6, 1, 2);
  static constexpr int32_t pad_top = draw(Seed, 7, 0, reach_of(kernel_h, dilation_h) - 1);
  static constexpr int32_t pad_left = draw(Seed, 8, 0, reach_of(kernel_w, dilation_w) - 1);
  static constexpr int32_t pad_bottom = draw(Seed, 9, 0, reach_of(kernel_h, dilation_h) - 1);
  static constexpr int32_t pad_right = draw(Seed, 10, 0, reach_of(kernel_w, dilation_w) - 1);
  static constexpr int32_t in_h = at_least(draw(Seed, 11, 1, 9), reach_of(kernel_h, dilation_h) - pad_top - pad_bottom);
  static constexpr int32_t in_w =
      at_least(draw(Seed, 12, 1, 19), reach_of(kernel_w, dilation_w) - pad_left - pad_right);
  static constexpr int32_t out_h = outputs_of(in_h, pad_top + pad_bottom, kernel_h, stride_h, dilation_h);
  static constexpr int32_t out_w = outputs_of(in_w, pad_left + pad_right, kernel_w, stride_w, dilation_w);
  static constexpr bool clamp_low = draw(Seed, 13, 0, 1) == 1, clamp_high = draw(Seed, 14, 0, 1) == 1;
  static constexpr float lowest = -0.5f, highest = 0.75f;
};

}  // namespace mote::test
