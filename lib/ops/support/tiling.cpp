#include "lib/ops/support/tiling.hpp"

#include <algorithm>

namespace mote::ops {
namespace {

// What fits the registers, measured: sums, a row of weights and an input value share 16 vector registers on the host,
// 32 scalar ones in the FPU of a Cortex-M. Integer cores spend all time in their float library, and on AVR every further
// lane is code without gain. A wide depthwise tile also widens the gap that an output lying over its input must keep.
struct Tiles {
  Tile product;         // many outputs that meet the same weights
  std::int32_t vector;  // channels of a product of one row: memory-bound, so whole cache lines of weights
  Tile depthwise;
  std::int32_t lanes;   // channels without reuse between them
};

Tiles tiles_of(const Target& target) {
  switch (target_class(target)) {
    case TargetClass::host_simd: return {.product = {5, 8}, .vector = 32, .depthwise = {2, 16}, .lanes = 16};
    case TargetClass::fpu: return {.product = {4, 4}, .vector = 8, .depthwise = {2, 4}, .lanes = 4};
    case TargetClass::soft_float:
    case TargetClass::avr: break;
  }
  return {.product = {1, 1}, .vector = 1, .depthwise = {1, 1}, .lanes = 1};
}

// Integer sums live in the general registers, beside pointers, counters and the factors: 13 on Armv7-M, 8 that every
// instruction reaches on Armv6-M, some 26 on RV32 and Xtensa. Measured as instructions per product on the former two;
// where channels do not share their inputs, many at one pixel cost the fewest addresses. A sum of 32 bits takes four of
// AVR's registers.
Tiles integer_tiles_of(const Target& target) {
  if (target.isa == "host") return {.product = {4, 4}, .vector = 8, .depthwise = {2, 8}, .lanes = 16};
  if (target.isa == "rv32" || target.isa == "xtensa")
    return {.product = {4, 4}, .vector = 8, .depthwise = {2, 4}, .lanes = 1};
  if (target.isa == "armv6-m") return {.product = {2, 3}, .vector = 8, .depthwise = {1, 4}, .lanes = 1};
  if (target.isa == "avr") return {.product = {1, 1}, .vector = 1, .depthwise = {1, 1}, .lanes = 1};
  return {.product = {2, 4}, .vector = 8, .depthwise = {1, 8}, .lanes = 1};
}

// Steps are read once for all pixels of a tile, so a tile is as wide as registers allow (tests/benchmark/weight_rates.py).
std::int32_t widest_sparse_tile(const Target& target, const StreamBlock& block) {
  const std::int64_t channels = block.channels;
  if (block.inputs > 1) return channels == 1 ? 4 : 2;
  if (target.isa == "avr") return 2;
  const bool has_many_registers = target.isa == "host" || target.isa == "rv32" || target.isa == "xtensa";
  if (has_many_registers) return channels == 1 ? 6 : 4;
  if (target.isa == "armv6-m") return channels == 2 ? 2 : 4;
  return channels == 1 ? 6 : channels == 2 ? 3 : 2;
}

Tiles tiles_of(const Target& target, Arithmetic arithmetic) {
  return arithmetic == Arithmetic::integer ? integer_tiles_of(target) : tiles_of(target);
}

std::int32_t at_most(std::int32_t preferred, std::int64_t available) {
  return static_cast<std::int32_t>(std::clamp<std::int64_t>(available, 1, preferred));
}

}  // namespace

Tile product_tile(const Target& target, Arithmetic arithmetic, std::int64_t width, std::int64_t channels,
                  std::int64_t divides) {
  const Tiles tiles = tiles_of(target, arithmetic);
  const std::int32_t preferred = width == 1 ? tiles.vector : tiles.product.channels;
  Tile tile{.width = at_most(tiles.product.width, width), .channels = at_most(preferred, channels)};
  while (divides > 0 && divides % tile.channels != 0) --tile.channels;
  return tile;
}

Tile sparse_tile(const Target& target, std::int64_t width, const StreamBlock& block) {
  return {.width = at_most(widest_sparse_tile(target, block), width),
          .channels = static_cast<std::int32_t>(block.channels)};
}

Tile depthwise_tile(const Target& target, Arithmetic arithmetic, std::int64_t width, std::int64_t channels) {
  const Tile tile = tiles_of(target, arithmetic).depthwise;
  return {.width = at_most(tile.width, width), .channels = at_most(tile.channels, channels)};
}

std::int32_t lane_count(const Target& target, std::int64_t channels) { return at_most(tiles_of(target).lanes, channels); }

std::int32_t integer_lane_count(const Target& target, std::int64_t channels) {
  return at_most(integer_tiles_of(target).lanes, channels);
}

}  // namespace mote::ops
