#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "lib/ir/graph.hpp"
#include "lib/quant/grid.hpp"
#include "lib/quant/channel_multipliers.hpp"

namespace mote {

// One output channel of a convolution or dense layer: its real numbers, and the integers that stand for them.
struct ProductChannel {
  std::vector<double> weights{};
  double bias = 0.0;

  float scale = 1.0F;                  // weight = scale * level
  std::vector<std::int32_t> levels{};  // of the weights, in their order
  float bias_scale = 1.0F;             // the input's scale times `scale`, in single precision
  std::int64_t bias_level = 0;         // bias = bias_scale * bias_level
  std::int64_t folded_bias = 0;        // what the integer operator adds: with the zero points and the rounding
};

// Of a core product: operands (x, weights, bias?, …), both constant; the output channel is the last axis of the weights.
[[nodiscard]] std::vector<ProductChannel> product_channels(const Graph& graph, const Node& node);

// The grids of what goes in and out, with the limits of their types.
struct ProductGrids {
  Grid input{}, output{};
  std::optional<Grid> residual{};
  std::int32_t lowest = -128, highest = 127;  // of the output's levels, those that clamps leave
};

struct IntegerProduct {
  std::vector<ProductChannel> channels{};
  ChannelMultipliers multipliers{};
};

// All levels fit four bits, of a product that is large enough for them to be stored so.
[[nodiscard]] bool has_4_bit_levels(const IntegerProduct& product);

// Products in integers. With x = sx (qx - zx), w = sw qw and y = sy (qy - zy):
//   qy = floor((sum qx qw + bias) * M),  M = sx sw / sy,
//   bias = round(b / (sx sw)) - zx sum qw + round((zy + 1/2 - zr sr / sy) / M)
// The last term, the offset, holds the output's zero point, the rounding and the residual's zero point (sr, zr). Without a
// residual and with 8-bit results, offset and M are chosen together instead (rounding.hpp). A channel whose accumulator would not fit 32 bits, because M is tiny, gets coarser weights: they then contribute next to nothing.
//
// Weights that all lie on few levels lie on as many times more as well, where a unit of the bias is finer. Not so where all
// channels have levels that fit four bits: they keep them and take half the room (a few weights alone are not worth it).
//
// Applied to its own result, weights scale * level and biases bias_scale * bias_level computed in single precision, it
// gives the same integers: so a quantized model can be written as real numbers and read again.
//
// Nothing: a number that is not finite, or no integers within 32 bits.
[[nodiscard]] std::optional<IntegerProduct> quantize_product(std::vector<ProductChannel> channels,
                                                             const ProductGrids& grids);

}  // namespace mote
