#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "lib/ops/kernel_call.hpp"

namespace mote {

// The loop nest of a sliding-window kernel, read back from a kernel call; see codegen/kernels/window.hpp.
struct WindowAxis {
  std::int64_t in = 1, out = 1, kernel = 1, stride = 1, pad = 0, dilation = 1;
};

// Channels that one block writes, and those that it reads at every tap.
struct ChannelBlock {
  std::int64_t out_begin = 0, out_end = 0, in_begin = 0, in_end = 0;
};

struct WindowLoops {
  std::int64_t images = 1;
  WindowAxis depth{}, height{}, width{};
  std::int64_t in_channels = 1, out_channels = 1;
  std::int64_t tile_width = 1;         // output pixels along a row that are computed together
  std::vector<ChannelBlock> blocks{};  // of every tile, in order
};

// Nothing for a kernel that is not a known window kernel.
[[nodiscard]] std::optional<WindowLoops> window_loops_of(const KernelCall& call);

// How far apart input and output must lie, in elements from first to first, so that every input element is read before
// the output that lies over it is written.
struct WindowDistances {
  std::int64_t forward = 0;   // tiles in ascending order: index(input) >= index(output) + forward
  std::int64_t backward = 0;  // tiles in descending order: index(output) >= index(input) + backward
  // Where every block reads the channels it writes and no others, distances of whole pixels keep the blocks of a tile
  // out of each other's way: exactly these are safe as well. Set when they are smaller than the ones above.
  std::optional<std::int64_t> forward_exact{}, backward_exact{};
};
// Exact, at the price of a visit to every tile; nothing when there are too many of them.
[[nodiscard]] std::optional<WindowDistances> distances_of(const WindowLoops& loops);

}  // namespace mote
