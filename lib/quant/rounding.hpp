#pragma once
#include <cstdint>

namespace mote {

// An integer accumulator is brought to the levels of the output by one multiplication, whose rounding is floor:
//   y = (accumulator + offset) * multiplier * 2^(accumulator_shift - 32)
// stands for the nearest level of accumulator * factor + zero_point.
struct Rounding {
  std::int64_t offset = 0;
  std::int32_t multiplier = 0;
};

struct RoundingTask {
  double factor = 0.0;               // > 0: levels of the output per unit of the accumulator
  double zero_point = 0.0;           // of the output
  std::int32_t lowest = -128, highest = 127;  // the levels that are told apart
  std::int64_t accumulator_shift = 0;
  std::int32_t multiplier = 0;       // nearest to the factor
};

// The offset (zero_point + 1/2) / factor is seldom whole; the nearest integer moves the accumulator at which the output
// changes by up to half a unit, for every level alike. A multiplier that differs by as little turns that into an error
// that vanishes at a level of choice. Among such pairs the one is taken that leaves most changes of level, those near
// the zero point first, at exactly the accumulator where the nearest level changes.
[[nodiscard]] Rounding choose_rounding(const RoundingTask& task);

}  // namespace mote
