#pragma once
#include <cstdint>

#include "lib/ir/type.hpp"

namespace mote {

// The levels that a quantized tensor can hold: real = scale * (stored - zero_point), lowest <= stored <= highest.
struct Grid {
  float scale = 1.0F;
  std::int32_t zero_point = 0;
  std::int32_t lowest = -128, highest = 127;

  [[nodiscard]] DType stored() const;  // s8, u8, s16 or u16: the smallest type that holds every level
  [[nodiscard]] double low() const { return static_cast<double>(scale) * (lowest - zero_point); }
  [[nodiscard]] double high() const { return static_cast<double>(scale) * (highest - zero_point); }
  [[nodiscard]] std::int32_t level(double real) const;  // nearest, halves to even, saturating; NaN: the zero point
  [[nodiscard]] double real(std::int32_t level) const { return static_cast<double>(scale) * (level - zero_point); }
  bool operator==(const Grid&) const = default;
};

// The grid of an activation whose values lie in [low, high], widened to contain 0, which gets a level of its own
// (padding and ReLU stay exact).
//   8 bits   255 levels -127..127, any zero point. Without -128 two products fit a 16-bit lane pair, at 0.006 bit.
//   16 bits  levels -32767..32767, zero point 0: products with weights need no correction
[[nodiscard]] Grid activation_grid(double low, double high, int bits);

// Probabilities: 1/256 with every value of s8, or 1/32768 with those of s16 that are >= 0.
[[nodiscard]] Grid softmax_grid(int bits);

// The same reals stored in a signed type: u8 and u16 grids move down by half their range.
[[nodiscard]] Grid signed_grid(const Grid& grid);

}  // namespace mote
