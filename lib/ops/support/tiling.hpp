#pragma once
#include <cstdint>

#include "lib/ops/support/weight_stream.hpp"
#include "lib/target/target.hpp"

namespace mote::ops {

// How many output pixels (or rows) and channels (or columns) a kernel keeps in registers at a time.
struct Tile {
  std::int32_t width = 1, channels = 1;
};

// What the sums are made of: a core without an FPU multiplies integers cheaply and floats in a library.
enum class Arithmetic : std::uint8_t { floating, integer };

// The tile for a product whose every input value meets `channels` weights, over rows of `width` outputs. When
// `divides` is > 0 the channels of a tile divide it (a tile may not cross a group).
[[nodiscard]] Tile product_tile(const Target& target, Arithmetic arithmetic, std::int64_t width,
                                std::int64_t channels, std::int64_t divides = 0);

// The tile of a product that reads such blocks of weights and where they are.
[[nodiscard]] Tile sparse_tile(const Target& target, std::int64_t width, const StreamBlock& block);

// The tile of a depthwise convolution: neighbouring channels read neighbouring inputs.
[[nodiscard]] Tile depthwise_tile(const Target& target, Arithmetic arithmetic, std::int64_t width,
                                  std::int64_t channels);

// Channels that a kernel without reuse between them (pooling) takes together.
[[nodiscard]] std::int32_t lane_count(const Target& target, std::int64_t channels);
// The same of integers, whose lanes are an array: a vector where loops over it become vector instructions, else a
// single register.
[[nodiscard]] std::int32_t integer_lane_count(const Target& target, std::int64_t channels);

}  // namespace mote::ops
