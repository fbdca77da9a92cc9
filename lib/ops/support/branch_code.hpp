#pragma once
#include <cstdint>

#include "lib/ir/type.hpp"
#include "lib/target/target.hpp"

namespace mote::ops {

// Flash of decisions that are written as nested branches, an estimate: bytes per decision with its share of leaves and
// calls, as GCC makes of forests at -Os (tests/benchmark/trees.md). `compared`: the type of the columns; a float32 is
// compared by its 32 bits.
[[nodiscard]] std::int64_t branch_code_bytes(const Target& target, DType compared, std::int64_t decisions);

}  // namespace mote::ops
