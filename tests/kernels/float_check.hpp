// Operands, and the two comparisons every float kernel is held to: the same bits as the documented order of
// accumulation, and closeness to the value in double.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>
#include <random>
#include <vector>

#include <catch2/catch.hpp>

namespace mote::test {

using Floats = std::vector<float>;

inline Floats random_floats(std::mt19937& random, int64_t count) {
  std::uniform_real_distribution<float> uniform(-1.0f, 1.0f);
  Floats values(static_cast<size_t>(count));
  for (float& value : values) value = uniform(random);
  return values;
}

inline uint32_t bit_pattern(float value) {
  uint32_t bits = 0;
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
}

// The payload of a NaN is the machine's own affair; every other value must agree to the bit.
inline bool same_float(float a, float b) {
  return (std::isnan(a) && std::isnan(b)) || bit_pattern(a) == bit_pattern(b);
}

inline size_t count_different(const Floats& a, const Floats& b) {
  size_t different = a.size() == b.size() ? 0 : a.size() + b.size();
  for (size_t i = 0; i < a.size() && i < b.size(); ++i) different += same_float(a[i], b[i]) ? 0u : 1u;
  return different;
}

inline double largest_distance(const Floats& a, const std::vector<double>& b) {
  REQUIRE(a.size() == b.size());
  double largest = 0.0;
  for (size_t i = 0; i < a.size(); ++i) largest = std::max(largest, std::fabs(static_cast<double>(a[i]) - b[i]));
  return largest;
}

// The epilogue as the kernels document it, in either precision.
template <class G, class Number>
Number clamped(Number value) {
  if (G::clamp_low && value < static_cast<Number>(G::lowest)) return static_cast<Number>(G::lowest);
  if (G::clamp_high && value > static_cast<Number>(G::highest)) return static_cast<Number>(G::highest);
  return value;
}

inline size_t at(int64_t index) { return static_cast<size_t>(index); }

}  // namespace mote::test
