#include "lib/ops/integer_bounds.hpp"

namespace mote {

int AccumulatorBounds::bits_left() const {
  const auto fits = [&](int bits) {
    return limits.contains(hull(reached, shifted) * ops::power_of_two(bits));
  };
  if (!fits(0)) return -1;
  int bits = 0;
  while (bits < 31 && fits(bits + 1)) ++bits;
  return bits;
}

}  // namespace mote
