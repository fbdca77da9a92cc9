// Convolution geometries drawn at compile time, for kernels of any element type.
#pragma once

#include "random_geometry.hpp"

namespace mote::test {

template <uint64_t Seed>
struct RandomConv2d : RandomWindow<Seed> {
  static constexpr int32_t groups = draw(Seed, 20, 0, 2) == 0 ? draw(Seed, 21, 2, 3) : 1;
  static constexpr int32_t tile_w = draw(Seed, 22, 1, 7), tile_c = draw(Seed, 23, 0, 1) == 0 ? draw(Seed, 24, 1, 6) : 8;
  static constexpr int32_t in_c = groups * draw(Seed, 25, 1, 5);
  static constexpr int32_t out_c = groups == 1 ? draw(Seed, 26, 1, 21) : groups * tile_c * draw(Seed, 27, 1, 2);
  static constexpr int32_t depth = RandomWindow<Seed>::kernel_h * RandomWindow<Seed>::kernel_w * in_c / groups;
  static constexpr bool packed = draw(Seed, 28, 0, 1) == 1;
  static constexpr int32_t weight_step = packed ? tile_c : out_c, weight_block = packed ? depth * tile_c : tile_c;
  static constexpr bool has_residual = draw(Seed, 29, 0, 1) == 1;
};

// A 1x1 convolution of stride 1: the case that sees all pixels as one row.
template <uint64_t Seed>
struct RandomPointwise : RandomConv2d<Seed> {
  static constexpr int32_t kernel_h = 1, kernel_w = 1, stride_h = 1, stride_w = 1;
  static constexpr int32_t pad_top = 0, pad_left = 0;
  static constexpr int32_t out_h = RandomWindow<Seed>::in_h, out_w = RandomWindow<Seed>::in_w;
  static constexpr int32_t depth = RandomConv2d<Seed>::in_c / RandomConv2d<Seed>::groups;
  static constexpr int32_t weight_block =
      RandomConv2d<Seed>::packed ? depth * RandomConv2d<Seed>::tile_c : RandomConv2d<Seed>::tile_c;
};

template <uint64_t Seed>
struct RandomDepthwise : RandomWindow<Seed> {
  static constexpr int32_t tile_w = draw(Seed, 30, 1, 6), tile_c = draw(Seed, 31, 0, 1) == 0 ? draw(Seed, 32, 1, 6) : 8;
  static constexpr int32_t multiplier = draw(Seed, 33, 0, 1) == 0 ? 1 : tile_c * draw(Seed, 34, 1, 2);
  static constexpr int32_t in_c = draw(Seed, 35, 1, 19);
  static constexpr int32_t out_c = in_c * multiplier;
  static constexpr int32_t taps = RandomWindow<Seed>::kernel_h * RandomWindow<Seed>::kernel_w;
  static constexpr bool packed = draw(Seed, 36, 0, 1) == 1;
  static constexpr int32_t weight_step = packed ? tile_c : out_c, weight_block = packed ? taps * tile_c : tile_c;
  static constexpr bool has_residual = draw(Seed, 37, 0, 1) == 1;
};

}  // namespace mote::test
