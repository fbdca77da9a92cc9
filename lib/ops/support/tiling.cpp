#include "lib/ops/support/tiling.hpp"

#include <algorithm>

namespace mote::ops {
namespace {

// Sums, one row of weights and one input value share the registers. An FPU of Cortex-M has 32: 4 x 4 sums leave room
// for both. Integer cores keep sums in memory around the calls of their float library; more than one channel only
// saves loads of the input. On AVR every further lane is code without gain.
Tile largest_tile(const Target& target) {
  switch (target_class(target)) {
    case TargetClass::host_simd: return {.width = 4, .channels = 16};
    case TargetClass::fpu: return {.width = 4, .channels = 4};
    case TargetClass::soft_float: return {.width = 1, .channels = 2};
    case TargetClass::avr: break;
  }
  return {.width = 1, .channels = 1};
}

std::int32_t at_most(std::int32_t preferred, std::int64_t available) {
  return static_cast<std::int32_t>(std::clamp<std::int64_t>(available, 1, preferred));
}

}  // namespace

Tile product_tile(const Target& target, std::int64_t width, std::int64_t channels, std::int64_t divides) {
  const Tile largest = largest_tile(target);
  Tile tile{.width = at_most(largest.width, width), .channels = at_most(largest.channels, channels)};
  while (divides > 0 && divides % tile.channels != 0) --tile.channels;
  return tile;
}

std::int32_t lane_count(const Target& target, std::int64_t channels) {
  return at_most(largest_tile(target).channels, channels);
}

}  // namespace mote::ops
