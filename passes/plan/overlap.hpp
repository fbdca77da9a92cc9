#pragma once
#include <optional>
#include <vector>

#include "lib/ir/graph.hpp"
#include "lib/ops/kernel_call.hpp"

namespace mote {

// What one kernel call allows its output to do to an operand that nothing needs afterwards. Distances are in bytes
// from first byte to first byte; one that is at least the size of the lower tensor allows no overlap.
struct Overlap {
  ValueId operand{}, output{};
  std::int64_t operand_above = 0;  // >= 0: safe when offset(operand) >= offset(output) + operand_above
  std::int64_t output_above = 0;   // >= 0: safe when offset(output) >= offset(operand) + output_above
  bool in_place = false;           // equal offsets are safe as well
  // Smaller distances that are safe when met exactly.
  std::optional<std::int64_t> operand_above_exact{}, output_above_exact{};
};

// Derived from the documented loop order of the kernels (codegen/kernels/*.hpp). Operands that are not listed must lie
// apart from the output.
[[nodiscard]] std::vector<Overlap> overlaps_of(const Graph& graph, const Node& node, const KernelCall& call);

}  // namespace mote
