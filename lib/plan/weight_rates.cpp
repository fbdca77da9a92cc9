#include "lib/plan/weight_rates.hpp"

namespace mote {

double WeightRates::streamed(const ops::StreamBlock& block) const {
  const StreamRates& rates = block.inputs == 1 ? single : quads;
  return block.channels == 1 ? rates.by_one : block.channels == 2 ? rates.by_two : rates.by_four;
}

WeightRates weight_rates(const Target& target, bool side_by_side) {
  constexpr WeightRates cortex_m0{.plain = 5.9, .single = {8.7, 8.1, 8.9}, .run = 3.0};
  constexpr WeightRates cortex_m0_alone{.plain = 6.0, .single = {18.4, 9.0, 7.4}, .run = 12.0};
  constexpr WeightRates cortex_m4{.plain = 2.9, .single = {3.8, 3.4, 3.6}, .quads = {2.2, 2.0, 2.2}, .run = 2.0};
  constexpr WeightRates cortex_m4_alone{
      .plain = 3.8, .single = {10.0, 6.0, 4.3}, .quads = {4.0, 2.8, 2.2}, .run = 30.0, .gather = 40.0};
  constexpr WeightRates rv32{.plain = 3.0, .single = {3.7, 3.2, 3.5}, .run = 2.0};
  constexpr WeightRates rv32_alone{.plain = 3.5, .single = {7.4, 5.2, 4.2}, .run = 8.0};
  constexpr WeightRates avr{.plain = 69.9, .single = {72.5, 76.2, 79.3}, .run = 60.0};
  constexpr WeightRates avr_alone{.plain = 76.0, .single = {96.0, 75.3, 75.4}, .run = 120.0};
  // Vectors of a host take eight weights side by side, those of a stream one after the other.
  constexpr WeightRates host{.plain = 0.2, .single = {1.6, 1.4, 1.2}, .run = 2.0};
  if (target.isa == "host") return host;
  if (target.isa == "avr") return side_by_side ? avr : avr_alone;
  if (target.isa == "armv6-m") return side_by_side ? cortex_m0 : cortex_m0_alone;
  if (target.isa == "rv32" || target.isa == "xtensa") return side_by_side ? rv32 : rv32_alone;
  return side_by_side ? cortex_m4 : cortex_m4_alone;
}

bool multiplies_quads(const Target& target) { return target.cpu.dsp && weight_rates(target, true).quads.by_one > 0.0; }

}  // namespace mote
