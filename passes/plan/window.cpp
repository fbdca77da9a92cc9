#include "passes/plan/window.hpp"

#include <algorithm>
#include <string_view>

#include "lib/support/check.hpp"

namespace mote {
namespace {

// Far above what fits a microcontroller: 2048 x 2048 output pixels.
constexpr std::int64_t most_output_pixels = std::int64_t{1} << 22;

std::int64_t field(const KernelCall& call, std::string_view name) {
  const auto found = std::ranges::find(call.fields, name, [](const auto& entry) { return entry.first; });
  MOTE_CHECK(found != call.fields.end() && std::holds_alternative<std::int32_t>(found->second));
  return std::get<std::int32_t>(found->second);
}

std::int64_t optional_field(const KernelCall& call, std::string_view name, std::int64_t fallback) {
  const bool there = std::ranges::any_of(call.fields, [&](const auto& entry) { return entry.first == name; });
  return there ? field(call, name) : fallback;
}

WindowAxis axis_of(const KernelCall& call, const std::string& suffix, std::string_view pad) {
  return {.in = field(call, "in_" + suffix),
          .out = field(call, "out_" + suffix),
          .kernel = field(call, "kernel_" + suffix),
          .stride = field(call, "stride_" + suffix),
          .pad = field(call, pad),
          .dilation = field(call, "dilation_" + suffix)};
}

// Blocks of at most `tile` channels; those of one group read `in_per_group` channels of that group.
std::vector<ChannelBlock> grouped_blocks(std::int64_t groups, std::int64_t in_per_group, std::int64_t out_per_group,
                                         std::int64_t tile) {
  std::vector<ChannelBlock> blocks;
  for (std::int64_t group = 0; group < groups; ++group) {
    const std::int64_t end = (group + 1) * out_per_group;
    for (std::int64_t begin = group * out_per_group; begin < end; begin += tile) {
      blocks.push_back({.out_begin = begin,
                        .out_end = std::min(begin + tile, end),
                        .in_begin = group * in_per_group,
                        .in_end = (group + 1) * in_per_group});
    }
  }
  return blocks;
}

// Output channel c * multiplier + m reads input channel c alone.
std::vector<ChannelBlock> depthwise_blocks(std::int64_t out_channels, std::int64_t multiplier, std::int64_t tile) {
  std::vector<ChannelBlock> blocks;
  for (std::int64_t begin = 0; begin < out_channels; begin += tile) {
    const std::int64_t end = std::min(begin + tile, out_channels);
    blocks.push_back(
        {.out_begin = begin, .out_end = end, .in_begin = begin / multiplier, .in_end = (end - 1) / multiplier + 1});
  }
  return blocks;
}

WindowLoops conv2d_loops(const KernelCall& call) {
  WindowLoops loops{.images = field(call, "batch"),
                    .depth = {},
                    .height = axis_of(call, "h", "pad_top"),
                    .width = axis_of(call, "w", "pad_left"),
                    .in_channels = field(call, "in_c"),
                    .out_channels = field(call, "out_c"),
                    .tile_width = field(call, "tile_w"),
                    .blocks = {}};
  const std::int64_t groups = field(call, "groups");
  loops.blocks = grouped_blocks(groups, loops.in_channels / groups, loops.out_channels / groups, field(call, "tile_c"));
  return loops;
}

// The kernel sees all pixels of such a convolution as one row, so tiles cross the ends of rows.
void flatten_if_pointwise(WindowLoops& loops) {
  const auto trivial = [](const WindowAxis& axis) {
    return axis.kernel == 1 && axis.stride == 1 && axis.pad == 0 && axis.in == axis.out;
  };
  if (!trivial(loops.height) || !trivial(loops.width)) return;
  const std::int64_t pixels = loops.images * loops.height.in * loops.width.in;
  loops.images = 1;
  loops.height = {};
  loops.width.in = loops.width.out = pixels;
}

WindowLoops depthwise_loops(const KernelCall& call) {
  WindowLoops loops{.images = field(call, "batch"),
                    .depth = {},
                    .height = axis_of(call, "h", "pad_top"),
                    .width = axis_of(call, "w", "pad_left"),
                    .in_channels = field(call, "in_c"),
                    .out_channels = field(call, "out_c"),
                    .tile_width = field(call, "tile_w"),
                    .blocks = {}};
  loops.blocks = depthwise_blocks(loops.out_channels, field(call, "multiplier"), field(call, "tile_c"));
  return loops;
}

WindowLoops dense_loops(const KernelCall& call) {
  WindowLoops loops{.in_channels = field(call, "depth"),
                    .out_channels = field(call, "columns"),
                    .tile_width = field(call, "tile_w"),
                    .blocks = {}};
  loops.width.in = loops.width.out = field(call, "rows");
  loops.blocks = grouped_blocks(1, loops.in_channels, loops.out_channels, field(call, "tile_c"));
  return loops;
}

WindowLoops pool_loops(const KernelCall& call) {
  WindowLoops loops{.images = field(call, "batch"),
                    .depth = axis_of(call, "d", "pad_front"),
                    .height = axis_of(call, "h", "pad_top"),
                    .width = axis_of(call, "w", "pad_left"),
                    .in_channels = field(call, "channels"),
                    .out_channels = field(call, "channels"),
                    .tile_width = 1,
                    .blocks = {}};
  loops.blocks = depthwise_blocks(loops.out_channels, 1, optional_field(call, "tile_c", loops.out_channels));
  return loops;
}

// First and last input position that the window of one output position reads; empty when it lies in the padding.
struct Reach {
  std::int64_t first = 0, last = -1;
  [[nodiscard]] bool empty() const { return last < first; }
};

Reach reach_of(const WindowAxis& axis, std::int64_t out) {
  const std::int64_t origin = out * axis.stride - axis.pad;
  const std::int64_t begin = origin >= 0 ? 0 : (axis.dilation - 1 - origin) / axis.dilation;
  if (origin >= axis.in) return {};
  const std::int64_t end = std::min(axis.kernel, (axis.in - origin + axis.dilation - 1) / axis.dilation);
  if (begin >= end) return {};
  return {.first = origin + begin * axis.dilation, .last = origin + (end - 1) * axis.dilation};
}

bool wholly_inside(const WindowAxis& axis, std::int64_t out) {
  const std::int64_t origin = out * axis.stride - axis.pad;
  return origin >= 0 && origin + (axis.kernel - 1) * axis.dilation < axis.in;
}

// Output positions [begin, end) of one row, computed together.
struct Tile {
  std::int64_t begin = 0, end = 0;
};

// Border pixels alone, tiles of tile_width between them, then one tile of what is left.
std::vector<Tile> tiles_of_row(const WindowAxis& width, std::int64_t tile_width) {
  std::int64_t inside = 0;
  while (inside < width.out && !wholly_inside(width, inside)) ++inside;
  std::int64_t outside = inside;
  while (outside < width.out && wholly_inside(width, outside)) ++outside;
  std::vector<Tile> tiles;
  for (std::int64_t at = 0; at < width.out;) {
    const bool single = at < inside || at >= outside;
    const std::int64_t end = single ? at + 1 : std::min(at + tile_width, outside);
    tiles.push_back({.begin = at, .end = end});
    at = end;
  }
  return tiles;
}

// What holds for the blocks after the first of any tile, relative to the tile's pixels; see distances_of.
struct LaterBlocks {
  bool any = false;
  std::int64_t written_before_read = 0;  // most that earlier blocks have written beyond the lowest channel read
  std::int64_t highest_read = 0;
};

LaterBlocks later_blocks(const std::vector<ChannelBlock>& blocks) {
  LaterBlocks later;
  for (std::size_t i = 1; i < blocks.size(); ++i) {
    const std::int64_t beyond = blocks[i - 1].out_end - blocks[i].in_begin;
    later.written_before_read = later.any ? std::max(later.written_before_read, beyond) : beyond;
    later.highest_read = std::max(later.highest_read, blocks[i].in_end);
    later.any = true;
  }
  return later;
}

bool blocks_keep_to_their_channels(const WindowLoops& loops) {
  return loops.in_channels == loops.out_channels && std::ranges::all_of(loops.blocks, [](const ChannelBlock& block) {
           return block.in_begin == block.out_begin && block.in_end == block.out_end;
         });
}

std::optional<std::int64_t> if_smaller(std::int64_t exact, std::int64_t distance) {
  return exact < distance ? std::optional(exact) : std::nullopt;
}

}  // namespace

std::optional<WindowLoops> window_loops_of(const KernelCall& call) {
  if (call.traversal != Traversal::window) return std::nullopt;
  // How a kernel reads its weights changes nothing in its walk.
  const std::string_view kernel = call.kernel;
  std::string_view walk = call.header;
  for (const std::string_view of_weights : {"_s4", "_levels", "_sparse", "_sparse_quads"})
    if (kernel.ends_with(of_weights)) walk = kernel.substr(0, kernel.size() - of_weights.size());
  const auto is_one_of = [&](std::string_view real, std::string_view integer) { return walk == real || walk == integer; };
  if (is_one_of("depthwise_conv2d_f32", "quantized_depthwise_conv2d")) return depthwise_loops(call);
  if (is_one_of("pool2d_f32", "pool2d_integer")) return pool_loops(call);
  const bool is_conv2d = is_one_of("conv2d_f32", "quantized_conv2d");
  if (!is_conv2d && !is_one_of("dense_f32", "quantized_dense")) return std::nullopt;
  WindowLoops loops = is_conv2d ? conv2d_loops(call) : dense_loops(call);
  flatten_if_pointwise(loops);
  return loops;
}

std::optional<WindowDistances> distances_of(const WindowLoops& loops) {
  const WindowAxis &depth = loops.depth, &height = loops.height, &width = loops.width;
  const std::int64_t pixels = loops.images * depth.out * height.out * width.out;
  if (pixels > most_output_pixels || loops.blocks.empty()) return std::nullopt;
  const std::vector<Tile> tiles = tiles_of_row(width, loops.tile_width);
  const LaterBlocks later = later_blocks(loops.blocks);
  const ChannelBlock& first = loops.blocks.front();

  WindowDistances distances;
  std::int64_t pixels_forward = 0, pixels_backward = 0;
  const auto visit_tile = [&](std::int64_t row_of_output, std::int64_t lowest_row, std::int64_t highest_row,
                              const Tile& tile) {
    const Reach low = reach_of(width, tile.begin);
    const Reach high = reach_of(width, tile.end - 1);
    if (low.empty()) return;  // then the tile is one pixel
    const std::int64_t begin = row_of_output * width.out + tile.begin;
    const std::int64_t end = row_of_output * width.out + tile.end;
    const std::int64_t lowest = (lowest_row * width.in + low.first) * loops.in_channels;
    const std::int64_t highest = (highest_row * width.in + high.last) * loops.in_channels;
    pixels_forward = std::max(pixels_forward, begin - (lowest_row * width.in + low.first));
    if (end < pixels) pixels_backward = std::max(pixels_backward, highest_row * width.in + high.last + 1 - end);
    // Ascending: before the first block all pixels before the tile are written; before a later one the blocks before
    // it are written at every pixel of the tile.
    distances.forward = std::max(distances.forward, begin * loops.out_channels - (lowest + first.in_begin));
    // Descending: the same with pixels after the tile; inside a tile blocks still ascend.
    if (end < pixels) {
      distances.backward = std::max(distances.backward, highest + first.in_end - end * loops.out_channels);
    }
    if (!later.any) return;
    distances.forward =
        std::max(distances.forward, (end - 1) * loops.out_channels + later.written_before_read - lowest);
    distances.backward = std::max(distances.backward, highest + later.highest_read - begin * loops.out_channels);
  };

  for (std::int64_t image = 0; image < loops.images; ++image) {
    for (std::int64_t od = 0; od < depth.out; ++od) {
      const Reach planes = reach_of(depth, od);
      for (std::int64_t oh = 0; oh < height.out; ++oh) {
        const Reach rows = reach_of(height, oh);
        if (planes.empty() || rows.empty()) continue;
        const std::int64_t lowest_row = (image * depth.in + planes.first) * height.in + rows.first;
        const std::int64_t highest_row = (image * depth.in + planes.last) * height.in + rows.last;
        const std::int64_t row_of_output = (image * depth.out + od) * height.out + oh;
        for (const Tile& tile : tiles) visit_tile(row_of_output, lowest_row, highest_row, tile);
      }
    }
  }
  if (blocks_keep_to_their_channels(loops)) {
    distances.forward_exact = if_smaller(pixels_forward * loops.in_channels, distances.forward);
    distances.backward_exact = if_smaller(pixels_backward * loops.in_channels, distances.backward);
  }
  return distances;
}

}  // namespace mote
