#pragma once
#include "lib/target/target.hpp"

namespace mote {

// Cycles that an 8-bit weight of a convolution or dense layer takes at one output pixel or row, by the form it is stored in:
// all weights, or a stream without zeros (lib/ops/support/sparse_weights.hpp) whose blocks are of 1, 2 or 4 channels. So a
// stream breaks even where its share of stored weights is plain / streamed. Measured by
// tests/benchmark/weight_rates.py on emulated Cortex-M0 and M4 (cycles for memory without wait states), RV32 (instructions)
// and ATmega2560; other cores take those of the one most alike, the host's are guessed.
struct WeightRates {
  double plain = 0.0, by_one = 0.0, by_two = 0.0, by_four = 0.0;
  double run = 0.0;  // besides: for each block of channels and kernel row, about

  [[nodiscard]] double streamed(std::int64_t channels) const {
    return channels == 1 ? by_one : channels == 2 ? by_two : by_four;
  }
};

// With pixels side by side, which share what it takes to read a weight, or for one alone.
[[nodiscard]] WeightRates weight_rates(const Target& target, bool side_by_side);

}  // namespace mote
