#pragma once
#include "lib/ops/op_def.hpp"
#include "lib/ops/support/tree_code.hpp"

namespace mote::ops {

// The packed trees of a TreeLeaves node.
[[nodiscard]] inline TreeCodeFormat tree_code_format(const OpView& op) {
  return {.threshold = op.in(0).dtype,
          .column_bytes = static_cast<std::size_t>(op.integer("column_bytes")),
          .skip_bytes = static_cast<std::size_t>(op.integer("skip_bytes")),
          .leaf_bytes = static_cast<std::size_t>(op.integer("leaf_bytes"))};
}
[[nodiscard]] inline std::span<const std::uint8_t> tree_code_of(const OpView& op) {
  return elements_of<std::uint8_t>(*op.graph.at(op.node.inputs[1]).data);
}

}  // namespace mote::ops
