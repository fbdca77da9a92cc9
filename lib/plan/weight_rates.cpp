#include "lib/plan/weight_rates.hpp"

namespace mote {

WeightRates weight_rates(const Target& target, bool side_by_side) {
  constexpr WeightRates cortex_m0{.plain = 5.9, .by_one = 8.7, .by_two = 8.1, .by_four = 8.9, .run = 3.0};
  constexpr WeightRates cortex_m0_alone{.plain = 6.0, .by_one = 18.4, .by_two = 9.0, .by_four = 7.4, .run = 12.0};
  constexpr WeightRates cortex_m4{.plain = 2.9, .by_one = 3.8, .by_two = 3.4, .by_four = 3.6, .run = 2.0};
  constexpr WeightRates cortex_m4_alone{.plain = 3.8, .by_one = 10.0, .by_two = 6.0, .by_four = 4.3, .run = 8.0};
  constexpr WeightRates rv32{.plain = 3.0, .by_one = 3.7, .by_two = 3.2, .by_four = 3.5, .run = 2.0};
  constexpr WeightRates rv32_alone{.plain = 3.5, .by_one = 7.4, .by_two = 5.2, .by_four = 4.2, .run = 8.0};
  constexpr WeightRates avr{.plain = 69.9, .by_one = 72.5, .by_two = 76.2, .by_four = 79.3, .run = 60.0};
  constexpr WeightRates avr_alone{.plain = 76.0, .by_one = 96.0, .by_two = 75.3, .by_four = 75.4, .run = 120.0};
  // Vectors of a host take eight weights side by side, those of a stream one after the other.
  constexpr WeightRates host{.plain = 0.2, .by_one = 1.6, .by_two = 1.4, .by_four = 1.2, .run = 2.0};
  if (target.isa == "host") return host;
  if (target.isa == "avr") return side_by_side ? avr : avr_alone;
  if (target.isa == "armv6-m") return side_by_side ? cortex_m0 : cortex_m0_alone;
  if (target.isa == "rv32" || target.isa == "xtensa") return side_by_side ? rv32 : rv32_alone;
  return side_by_side ? cortex_m4 : cortex_m4_alone;
}

}  // namespace mote
