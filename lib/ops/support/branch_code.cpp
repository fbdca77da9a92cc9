#include "lib/ops/support/branch_code.hpp"

namespace mote::ops {

std::int64_t branch_code_bytes(const Target& target, DType compared, std::int64_t decisions) {
  const bool avr = target_class(target) == TargetClass::avr;
  const std::int64_t width = byte_size(compared);
  const std::int64_t each = width == 1 ? 10 : width == 2 ? (avr ? 14 : 12) : width == 4 ? (avr ? 26 : 16) : (avr ? 50 : 30);
  return each * decisions;
}

}  // namespace mote::ops
