#pragma once
#include "lib/ops/interval.hpp"
#include "lib/ops/op_def.hpp"

namespace mote::ops {

// What the elements of an operand can be: those of a constant, else all values of its type.
[[nodiscard]] Interval operand_interval(const OpView& op, std::size_t input);

}  // namespace mote::ops
