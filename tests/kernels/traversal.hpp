// The order in which the window kernels read and write, as their headers document it, and what follows from it: how
// far below its input an output may begin.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <vector>

#include "window.hpp"

namespace mote::test {

using mote_kernels::TapRange;
using mote_kernels::taps_inside;

// A geometry as values. `groups` is in_c for a depthwise kernel; a pool is depthwise with tile_w 1.
struct Traversal {
  int32_t batch, in_h, in_w, in_c, out_h, out_w, out_c, kernel_h, kernel_w, stride_h, stride_w, pad_top, pad_left;
  int32_t dilation_h, dilation_w, groups, tile_w, tile_c;
};

// One tile, in elements: where its writes end, and the first input pixel of its windows (-1: it reads none).
struct TileSpan {
  int32_t last_pixel;
  int32_t lowest_input_pixel;
};

// A 1x1 convolution of stride 1 without pads as conv2d_f32 (not the depthwise kernel) sees it: one row of pixels.
inline Traversal as_one_row(Traversal g) {
  const bool pointwise = g.kernel_h == 1 && g.kernel_w == 1 && g.stride_h == 1 && g.stride_w == 1 && g.pad_top == 0 &&
                         g.pad_left == 0 && g.in_h == g.out_h && g.in_w == g.out_w;
  if (!pointwise) return g;
  g.in_w = g.out_w = g.batch * g.in_h * g.in_w;
  g.batch = g.in_h = g.out_h = 1;
  return g;
}

inline void add_row(const Traversal& g, int32_t image, int32_t oh, std::vector<TileSpan>& tiles) {
  const TapRange inside =
      mote_kernels::outputs_inside(g.in_w, g.out_w, g.kernel_w, g.stride_w, g.pad_left, g.dilation_w);
  const int32_t origin_h = oh * g.stride_h - g.pad_top;
  const TapRange rows = taps_inside(origin_h, g.in_h, g.kernel_h, g.dilation_h);
  for (int32_t ow = 0; ow < g.out_w;) {
    const bool border = ow < inside.begin || ow >= inside.end;
    const int32_t width = border ? 1 : std::min(g.tile_w, inside.end - ow);
    const int32_t origin_w = ow * g.stride_w - g.pad_left;
    const TapRange columns = taps_inside(origin_w, g.in_w, g.kernel_w, g.dilation_w);
    const bool reads = rows.begin < rows.end && columns.begin < columns.end;
    const int32_t row = image * g.in_h + origin_h + rows.begin * g.dilation_h;
    tiles.push_back(TileSpan{(image * g.out_h + oh) * g.out_w + ow + width - 1,
                             reads ? row * g.in_w + origin_w + columns.begin * g.dilation_w : -1});
    ow += width;
  }
}

// The least D such that an output that begins D elements below its input (above, when D is negative) destroys no
// element that is still to be read: the greatest of "end of what is written - lowest element still needed", taken
// between any two blocks of channels of a tile and between any two tiles.
inline int32_t safe_distance(const Traversal& g) {
  std::vector<TileSpan> tiles;
  for (int32_t image = 0; image < g.batch; ++image)
    for (int32_t oh = 0; oh < g.out_h; ++oh) add_row(g, image, oh, tiles);

  int32_t distance = std::numeric_limits<int32_t>::min();
  int32_t needed_later = std::numeric_limits<int32_t>::max();
  for (auto tile = tiles.rbegin(); tile != tiles.rend(); ++tile) {
    if (needed_later != std::numeric_limits<int32_t>::max())
      distance = std::max(distance, (tile->last_pixel + 1) * g.out_c - needed_later);
    if (tile->lowest_input_pixel < 0) continue;
    for (int32_t written = g.tile_c; written < g.out_c; written += g.tile_c) {
      const int32_t channel = written / (g.out_c / g.groups) * (g.in_c / g.groups);
      distance = std::max(distance, tile->last_pixel * g.out_c + written - tile->lowest_input_pixel * g.in_c - channel);
    }
    needed_later = std::min(needed_later, tile->lowest_input_pixel * g.in_c);
  }
  return distance;
}

}  // namespace mote::test
