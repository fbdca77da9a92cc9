#pragma once
#include <cstdint>

namespace mote {

// PCG32 (O'Neill 2014, XSH-RR): small, fast, the same sequence on every machine, unlike <random>'s distributions.
class Rng {
 public:
  explicit Rng(std::uint64_t seed) : state_(0) {
    next();
    state_ += seed;
    next();
  }

  std::uint32_t next() {
    const std::uint64_t old = state_;
    state_ = old * 6364136223846793005ULL + 1442695040888963407ULL;
    const auto xorshifted = static_cast<std::uint32_t>(((old >> 18U) ^ old) >> 27U);
    const auto rotation = static_cast<std::uint32_t>(old >> 59U);
    return (xorshifted >> rotation) | (xorshifted << ((32U - rotation) & 31U));
  }

  // Uniform in [low, high]; the modulo bias is below 2^-20 for the small ranges it is used with.
  std::int64_t integer(std::int64_t low, std::int64_t high) {
    const auto range = static_cast<std::uint64_t>(high - low) + 1U;
    const std::uint64_t bits = (static_cast<std::uint64_t>(next()) << 32U) | next();
    return low + static_cast<std::int64_t>(range == 0 ? bits : bits % range);
  }

  // Uniform in [low, high) with 24 random bits, so that it is exact in float.
  float real(float low, float high) {
    const float unit = static_cast<float>(next() >> 8U) * 0x1p-24F;
    return low + (high - low) * unit;
  }

  bool chance(std::uint32_t one_in) { return next() % one_in == 0; }

 private:
  std::uint64_t state_;
};

}  // namespace mote
