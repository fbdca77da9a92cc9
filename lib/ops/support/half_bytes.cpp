#include "lib/ops/support/half_bytes.hpp"

#include <algorithm>

#include "lib/ops/support/conv2d_geometry.hpp"
#include "lib/ops/support/expect.hpp"
#include "lib/ops/support/requantize.hpp"
#include "lib/ops/support/weight_levels.hpp"

namespace mote::ops {
namespace {

constexpr std::int8_t lowest_level = -8, highest_level = 7;
constexpr std::size_t w_operand = 1;

std::vector<std::int64_t> packed_extents(const Shape& weights) {
  std::vector<std::int64_t> extents(weights.extents().begin(), weights.extents().end());
  extents.back() = (extents.back() + 1) / 2;
  return extents;
}

}  // namespace

bool has_whole_runs(std::int64_t channels, std::int64_t groups, bool depthwise) {
  if (channels < 2 || channels / groups % 2 == 0) return channels >= 2;
  // Without a multiplier a depthwise convolution has no groups that its tiles must respect.
  return depthwise ? channels == groups : groups == 1;
}

bool fits_half_bytes(const OpView& product) { return fits_half_bytes(product, product.constant(w_operand)); }

bool fits_half_bytes(const OpView& product, const Tensor& levels) {
  const std::int64_t groups = product.node.op->name.ends_with("Dense") ? 1 : convolution_of(product).groups;
  const auto fits = [](std::int8_t level) { return level >= lowest_level && level <= highest_level; };
  return has_whole_runs(levels.shape.extents().back(), groups, is_depthwise(product)) &&
         std::ranges::all_of(levels.as<std::int8_t>(), fits);
}

bool is_packed(const OpView& product) {
  const bool is_real = product.in(0).dtype == DType::f32;
  return is_real ? product.has_in(levels_operand) && product.in(levels_operand).dtype == DType::u8
                 : product.has_in(packed_operand);
}

Tensor levels_of(const Tensor& packed, const Shape& weights) {
  Tensor levels = Tensor::zeros(DType::s8, weights);
  const auto to = levels.as<std::int8_t>();
  const auto channels = static_cast<std::size_t>(weights.extents().back()), row = (channels + 1) / 2;
  for (std::size_t i = 0; i < to.size(); ++i) {
    const std::size_t channel = i % channels;
    const int half = packed.as<std::uint8_t>()[i / channels * row + channel / 2] >> (channel % 2 * 4) & 15;
    to[i] = static_cast<std::int8_t>(half > highest_level ? half - 16 : half);
  }
  return levels;
}

Tensor half_bytes_of(const Tensor& weights) {
  Tensor packed = Tensor::zeros(DType::u8, *Shape::make(packed_extents(weights.shape)));
  const auto levels = weights.as<std::int8_t>();
  const auto bytes = packed.as<std::uint8_t>();
  const auto channels = static_cast<std::size_t>(weights.shape.extents().back()), row = (channels + 1) / 2;
  for (std::size_t i = 0; i < levels.size(); ++i) {
    const std::size_t channel = i % channels;
    const auto half = static_cast<unsigned>(levels[i]) & 15U;
    std::uint8_t& byte = bytes[i / channels * row + channel / 2];
    byte = static_cast<std::uint8_t>(byte | half << (channel % 2 * 4));
  }
  return packed;
}

Status expect_packed(const OpView& product) {
  if (!is_packed(product)) return Ok{};
  MOTE_TRY_STATUS(expect_constant_of(product, packed_operand, "packed", DType::u8,
                                     packed_extents(product.in(w_operand).shape)));
  if (fits_half_bytes(product) && product.constant(packed_operand).bytes == half_bytes_of(product.constant(w_operand)).bytes)
    return Ok{};
  return at(product, Code::unsupported_form, "input 'packed' is not made of w, expected its levels, -8..7, two in a byte",
            {"check the pass that made this node"});
}

Tile tile_of_pairs(Tile tile, std::int64_t channels, std::int64_t divides) {
  if (tile.channels % 2 == 0 || tile.channels == channels) return tile;
  tile.channels = std::max(2, tile.channels - 1);
  while (divides > 0 && divides % tile.channels != 0) tile.channels -= 2;
  return tile;
}

}  // namespace mote::ops
