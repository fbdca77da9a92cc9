#pragma once
#include <bit>
#include <cstdint>
#include <limits>

namespace mote::ops {

// Integers in the order of the real numbers: a < b exactly if key(a) < key(b), but for -0, whose key lies between those
// of the number below and of +0. NaN has no place in the order.
[[nodiscard]] inline std::int32_t order_key(float value) {
  const auto bits = std::bit_cast<std::int32_t>(value);
  return bits < 0 ? bits ^ std::numeric_limits<std::int32_t>::max() : bits;
}
[[nodiscard]] inline std::int64_t order_key(double value) {
  const auto bits = std::bit_cast<std::int64_t>(value);
  return bits < 0 ? bits ^ std::numeric_limits<std::int64_t>::max() : bits;
}

[[nodiscard]] inline float value_of_key(std::int32_t key) {
  return std::bit_cast<float>(key < 0 ? key ^ std::numeric_limits<std::int32_t>::max() : key);
}
[[nodiscard]] inline double value_of_key(std::int64_t key) {
  return std::bit_cast<double>(key < 0 ? key ^ std::numeric_limits<std::int64_t>::max() : key);
}

}  // namespace mote::ops
