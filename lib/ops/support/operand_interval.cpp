#include "lib/ops/support/operand_interval.hpp"

#include <algorithm>

namespace mote::ops {

Interval operand_interval(const OpView& op, std::size_t input) {
  if (!op.is_constant(input) || op.in(input).shape.elements() == 0) return interval_of(op.in(input).dtype);
  const std::vector<std::int64_t> elements = op.constant(input).to_integers();
  const auto [lowest, highest] = std::ranges::minmax(elements);
  return {lowest, highest};
}

}  // namespace mote::ops
