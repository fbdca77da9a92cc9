#include "lib/quant/grid.hpp"

#include <algorithm>
#include <cmath>

namespace mote {
namespace {

// Below this a range is a point: the scale must stay a normal float, and its inverse finite.
constexpr double smallest_extent = 1e-30;

double half_even(double x) {
  const double below = std::floor(x);
  if (x - below != 0.5) return std::floor(x + 0.5);
  return std::fmod(below, 2.0) == 0.0 ? below : below + 1.0;
}

}  // namespace

DType Grid::stored() const {
  if (lowest >= -128 && highest <= 127) return DType::s8;
  if (lowest >= 0 && highest <= 255) return DType::u8;
  return lowest >= -32768 && highest <= 32767 ? DType::s16 : DType::u16;
}

std::int32_t Grid::level(double real) const {
  if (std::isnan(real)) return zero_point;
  const double nearest = half_even(real / static_cast<double>(scale)) + zero_point;
  return static_cast<std::int32_t>(std::clamp(nearest, static_cast<double>(lowest), static_cast<double>(highest)));
}

Grid activation_grid(double low, double high, int bits) {
  low = std::min(low, 0.0);
  high = std::max(high, 0.0);
  if (bits == 16) {
    const double largest = std::max({-low, high, smallest_extent});
    return {.scale = static_cast<float>(largest / 32767.0), .zero_point = 0, .lowest = -32767, .highest = 32767};
  }
  const double extent = std::max(high - low, smallest_extent);
  Grid grid{.scale = static_cast<float>(extent / 254.0), .zero_point = 0, .lowest = -127, .highest = 127};
  const double zero = half_even(-127.0 - low / static_cast<double>(grid.scale));
  grid.zero_point = static_cast<std::int32_t>(std::clamp(zero, -127.0, 127.0));
  return grid;
}

Grid softmax_grid(int bits) {
  if (bits == 16) return {.scale = 1.0F / 32768.0F, .zero_point = 0, .lowest = -32768, .highest = 32767};
  return {.scale = 1.0F / 256.0F, .zero_point = -128, .lowest = -128, .highest = 127};
}

Grid signed_grid(const Grid& grid) {
  if (grid.lowest < 0) return grid;
  const std::int32_t half = grid.stored() == DType::u16 ? 32768 : 128;
  const bool is_unsigned = grid.stored() == DType::u8 || grid.stored() == DType::u16;
  if (!is_unsigned) return grid;
  return {.scale = grid.scale, .zero_point = grid.zero_point - half, .lowest = grid.lowest - half,
          .highest = grid.highest - half};
}

}  // namespace mote
