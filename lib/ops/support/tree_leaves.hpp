#pragma once
#include <array>
#include <utility>

#include "lib/ops/op_def.hpp"
#include "lib/ops/support/tree_code.hpp"

namespace mote::ops {

// Operators on packed trees: operands x [N,C] u8, u16, s32 or s64, or, with branches, f32, which is compared in the order
// of support/order_key.hpp with thresholds that are such keys, a NaN above all of them; code u8 [bytes] (codegen/kernels/tree_walk.hpp), roots
// u16 or s32 [T], where each tree starts in it; attributes branches, column_bytes, skip_bytes, leaf_bytes. With `branches`
// the emitted code is not the walker that reads the code, but functions of nested branches that codegen prints from it
// (codegen/tree_functions.hpp); the values are the same.
// What the columns of x are if they are an input of the model that holds ranks: `rank_features`, and by column the
// thresholds `rank_keys`[`rank_starts`[c]] .., as RankFeatures has them; the values do not depend on it.
inline constexpr AttrSpec packed_tree_attrs[] = {
    {.name = "branches", .fallback = std::int64_t{0}, .lowest = 0, .highest = 1},
    {.name = "column_bytes", .required = true, .lowest = 1, .highest = 2},
    {.name = "leaf_bytes", .required = true, .lowest = 1, .highest = 4},
    {.name = "rank_features", .kind = AttrKind::integers},
    {.name = "rank_keys", .kind = AttrKind::integers},
    {.name = "rank_missing_is_low", .kind = AttrKind::integers},
    {.name = "rank_starts", .kind = AttrKind::integers},
    {.name = "skip_bytes", .required = true, .lowest = 1, .highest = 3},
};
// These and an operator's own.
template <std::size_t Count>
[[nodiscard]] constexpr auto with_packed_trees(const AttrSpec (&own)[Count]) {
  return [&]<std::size_t... Own, std::size_t... Packed>(std::index_sequence<Own...>, std::index_sequence<Packed...>) {
    return std::array<AttrSpec, sizeof...(Own) + sizeof...(Packed)>{own[Own]..., packed_tree_attrs[Packed]...};
  }(std::make_index_sequence<Count>{}, std::make_index_sequence<std::size(packed_tree_attrs)>{});
}

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

// visit(row, tree, leaf) of every row of operands x, code and roots and every tree, trees upwards.
template <class Visit>
void for_each_leaf(const OpView& op, Operands in, Visit visit) {
  const auto code = in[1]->as<std::uint8_t>();
  const TreeCodeFormat format = tree_code_format(op);
  const std::vector<std::int64_t> x = compared_columns(*in[0]), roots = in[2]->to_integers();
  const auto rows = static_cast<std::size_t>(op.in(0).shape[0]), columns = static_cast<std::size_t>(op.in(0).shape[1]);
  for (std::size_t row = 0; row < rows; ++row)
    for (std::size_t tree = 0; tree < roots.size(); ++tree)
      visit(row, tree, leaf_reached(format, code, roots[tree], std::span(x).subspan(row * columns, columns)));
}

// Fields and operands that the walkers of codegen/kernels/tree_walk.hpp read; with `branches` only the first three fields,
// and of the operands x.
void add_tree_walk(const OpView& op, KernelCall& call);

// The first operand comes from packed trees, which lead to no other leaves: those need no limit at run time.
[[nodiscard]] bool packed_leaves_are_below(const OpView& op, std::int64_t leaves);

// Three trees that share a subtree: x, code, roots and attributes of a sampled node with leaves 0 .. 3.
[[nodiscard]] Sample sample_packed_trees(Rng& rng);

}  // namespace mote::ops
