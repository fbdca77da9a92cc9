#pragma once
#include "lib/ops/support/weight_stream.hpp"
#include "lib/target/target.hpp"

namespace mote {

// Cycles that an 8-bit weight of a convolution or dense layer takes at one output pixel or row, by the form it is
// stored in: all weights, or a stream without zeros (lib/ops/support/weight_stream.hpp). So a stream breaks even where
// its share of stored weights is plain / streamed. Measured by tests/benchmark/weight_rates.py on emulated Cortex-M0
// and M4 (cycles for memory without wait states), RV32 (instructions) and ATmega2560; other cores take those of the one
// most alike, the host's are guessed.
struct StreamRates {
  double by_one = 0.0, by_two = 0.0, by_four = 0.0;  // channels of a block
};
struct WeightRates {
  double plain = 0.0;
  StreamRates single{}, quads{};  // by inputs of a block; quads only where multiplies_quads()
  // Besides, about (on Cortex-M4 alone by tests/benchmark/weight_runs.py): for each block of channels and kernel row,
  // and for a quad of a row that lies partly in the padding, where quads may reach over several columns.
  double run = 0.0, gather = 0.0;

  [[nodiscard]] double streamed(const ops::StreamBlock& block) const;
};

// With pixels side by side, which share what it takes to read a weight, or for one alone.
[[nodiscard]] WeightRates weight_rates(const Target& target, bool side_by_side);

// Whether the core multiplies bytes in pairs, so that it has a kernel for blocks of four inputs. The description of
// a part with another instruction set may say `dsp`, too, but there is none for it.
[[nodiscard]] bool multiplies_quads(const Target& target);

}  // namespace mote
