#include "lib/ops/integer_bounds.hpp"

namespace mote {

int AccumulatorBounds::bits_left() const {
  const auto fits = [&](int bits) {
    return ops::int32_interval.contains(hull(reached, shifted) * ops::power_of_two(bits));
  };
  int bits = 0;
  while (bits < 31 && fits(bits + 1)) ++bits;
  return fits(0) ? bits : -1;
}

}  // namespace mote
