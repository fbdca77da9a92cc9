#pragma once
#include "lib/ops/op_def.hpp"
#include "lib/ops/support/tree_code.hpp"

namespace mote::ops {

// Operators on packed trees: operands x [N,C] u8, u16, s32 or s64, or, with branches, f32, which is compared in the order
// of support/order_key.hpp with thresholds that are such keys, a NaN above all of them; code u8 [bytes] (codegen/kernels/tree_walk.hpp), roots
// u16 or s32 [T], where each tree starts in it; attributes branches, column_bytes, skip_bytes, leaf_bytes.

[[nodiscard]] inline TreeCodeFormat tree_code_format(const OpView& op) {
  return {.threshold = is_float(op.in(0).dtype) ? DType::s32 : op.in(0).dtype,
          .column_bytes = static_cast<std::size_t>(op.integer("column_bytes")),
          .skip_bytes = static_cast<std::size_t>(op.integer("skip_bytes")),
          .leaf_bytes = static_cast<std::size_t>(op.integer("leaf_bytes"))};
}
[[nodiscard]] inline std::span<const std::uint8_t> tree_code_of(const OpView& op) {
  return elements_of<std::uint8_t>(*op.graph.at(op.node.inputs[1]).data);
}

// The type rule of these operands. Every way through trees that pass ends in a leaf.
[[nodiscard]] Result<TreeCodeFacts> expect_packed_trees(const OpView& op);

// What decisions compare: the columns of all rows as integers.
[[nodiscard]] std::vector<std::int64_t> compared_columns(const Tensor& x);

// The leaf that a tree leads a row of columns to.
[[nodiscard]] std::uint32_t leaf_reached(const TreeCodeFormat& format, std::span<const std::uint8_t> code,
                                         std::int64_t root, std::span<const std::int64_t> columns);

// Fields and operands that the walkers of codegen/kernels/tree_walk.hpp read; with `branches` only the first three fields,
// and of the operands x.
void add_tree_walk(const OpView& op, KernelCall& call);

// The first operand comes from packed trees, which lead to no other leaves: those need no limit at run time.
[[nodiscard]] bool packed_leaves_are_below(const OpView& op, std::int64_t leaves);

// Three trees that share a subtree: x, code, roots and attributes of a sampled node with leaves 0 .. 3.
[[nodiscard]] Sample sample_packed_trees(Rng& rng);

}  // namespace mote::ops
