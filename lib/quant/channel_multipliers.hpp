#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace mote {

// y = (accumulator << accumulator_shift) * multiplier >> 32, one multiplier per output channel; the rounding and the
// zero points lie in the bias. See lib/ops/support/requantize.hpp for the arithmetic itself.
struct ChannelMultipliers {
  std::vector<std::int32_t> multiplier{};
  std::int64_t accumulator_shift = 0;

  // What an accumulator is really multiplied by.
  [[nodiscard]] double factor(std::size_t channel) const;
};

// The closest integers to real factors >= 0 (accumulator to output levels). The shift is the smallest that brings every
// factor below 1/2; nothing if that takes more than 30 places.
[[nodiscard]] std::optional<ChannelMultipliers> channel_multipliers(std::span<const double> factors);

}  // namespace mote
