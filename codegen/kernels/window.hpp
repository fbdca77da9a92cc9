// Where a sliding window meets its input: the taps that fall inside, and how a row of outputs is cut into tiles.
//
// Tap k of the output at position o reads input position o*stride - pad + k*dilation. Taps outside [0, extent) are
// padding; kernels skip them and never add a zero in their place (0*inf is NaN, and -0 + 0 is +0).
#ifndef MOTE_KERNELS_WINDOW_HPP
#define MOTE_KERNELS_WINDOW_HPP

#include "kernel_base.hpp"

namespace MOTE_NAMESPACE {

// Taps [begin, end) lie inside the input; begin <= end, and begin == end when none does.
struct TapRange {
  int32_t begin;
  int32_t end;
};

// `origin` is the input position of tap 0, negative inside the leading pad.
MOTE_ALWAYS_INLINE constexpr TapRange taps_inside(int32_t origin, int32_t extent, int32_t taps, int32_t dilation) {
  const int32_t begin = origin >= 0 ? 0 : (dilation - 1 - origin) / dilation;
  const int32_t reach = origin >= extent ? 0 : (extent - origin + dilation - 1) / dilation;
  const int32_t end = reach < taps ? reach : taps;
  return TapRange{begin < end ? begin : 0, begin < end ? end : 0};
}

// Outputs [begin, end) whose windows lie wholly inside the input: they need no bounds checks.
constexpr TapRange outputs_inside(int32_t extent, int32_t outputs, int32_t taps, int32_t stride, int32_t pad,
                                  int32_t dilation) {
  const int32_t last_origin = extent - 1 - (taps - 1) * dilation + pad;
  const int32_t reach = last_origin < 0 ? 0 : last_origin / stride + 1;
  const int32_t end = reach < outputs ? reach : outputs;
  const int32_t begin = (pad + stride - 1) / stride;
  return TapRange{begin < end ? begin : 0, begin < end ? end : 0};
}

// The taps a tile reads, and where its first pixel's tap (0, 0) lies. The origin may lie outside the input.
struct TapWindow {
  TapRange rows;
  TapRange columns;
  int32_t origin_h;
  int32_t origin_w;
};

// How a row of InW input pixels becomes tiles of output pixels: border pixels alone, then tiles of tile_w, then one
// tile of the pixels left over. The predicates are asked in this order; where neither holds, the tile is one pixel.
//
// An output may lie over its own input. Count in elements; let tile t end at output pixel last(t), and let low(t) be
// the first input pixel that its windows read (0 <= row, column). The output may begin D elements below the input when
// D is at least each of
//   (last(t) + 1) * out_c - low(u) * in_c                         for tiles t < u, and
//   last(t) * out_c + b * tile_c - low(t) * in_c - channel(b)     for each tile t and its blocks of channels b >= 1,
// where channel(b) is the first input channel that block b reads: 0, or that of its group in a grouped or depthwise
// kernel. D may be negative: then the output may begin that much above the input.
//
// The kernels named *_backward visit the same tiles from the last to the first (inside a tile nothing changes), so the
// output may begin above the input instead. With high(t) behind the last input pixel that the windows of tile t read,
// first(t) its first output pixel, and end(b) behind the last input channel that block b reads, E elements are enough
// when E is at least each of
//   high(t) * in_c - first(u) * out_c                                   for tiles t < u, and
//   (high(t) - 1) * in_c + end(b) - first(t) * out_c                    for each tile t and its blocks b >= 1.
template <class G, int32_t InW, int32_t OutW>
struct RowCut {
  static constexpr int32_t inside_begin =
      outputs_inside(InW, OutW, G::kernel_w, G::stride_w, G::pad_left, G::dilation_w).begin;
  static constexpr int32_t inside_end =
      outputs_inside(InW, OutW, G::kernel_w, G::stride_w, G::pad_left, G::dilation_w).end;
  static constexpr int32_t left_pixels = (inside_end - inside_begin) % G::tile_w;
  // 1 stands in for "no pixels left over": a width the borders need anyway.
  static constexpr int32_t left_width = left_pixels == 0 ? 1 : left_pixels;
  static constexpr bool has_single = inside_begin > 0 || inside_end < OutW || left_pixels == 1;

  static MOTE_ALWAYS_INLINE bool whole_tile_at(int32_t ow) {
    return ow >= inside_begin && ow + G::tile_w <= inside_end;
  }
  // A row without single pixels needs no comparison: what is no whole tile is the last one.
  static MOTE_ALWAYS_INLINE bool last_tile_at(int32_t ow) {
    return left_pixels > 1 && (!has_single || ow == inside_end - left_pixels);
  }
  // The same cut from the right: the width of the tile that ends before `end`.
  static MOTE_ALWAYS_INLINE int32_t width_before(int32_t end) {
    if (end > inside_end || end <= inside_begin) { return 1; }
    return end > inside_end - left_pixels ? left_pixels : G::tile_w;
  }
};

}  // namespace MOTE_NAMESPACE

#endif  // MOTE_KERNELS_WINDOW_HPP
