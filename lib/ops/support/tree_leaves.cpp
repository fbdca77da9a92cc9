#include "lib/ops/support/tree_leaves.hpp"

#include <cmath>
#include <limits>

#include "lib/ops/support/expect.hpp"
#include "lib/ops/support/expect_dtype.hpp"
#include "lib/ops/support/order_key.hpp"
#include "lib/ops/support/sampling.hpp"
#include "lib/ops/support/types.hpp"

namespace mote::ops {

Result<TreeCodeFacts> expect_packed_trees(const OpView& op) {
  const bool in_place = op.in(0).dtype == DType::f32 && op.integer("branches") != 0;
  if (!in_place) MOTE_TRY_STATUS(expect_dtype(op, 0, "x", {DType::u8, DType::u16, DType::s32, DType::s64}));
  MOTE_TRY_STATUS(expect_rank(op, 0, "x", 2, 2));
  MOTE_TRY_STATUS(expect_dtype(op, 1, "code", {DType::u8}));
  MOTE_TRY_STATUS(expect_constant(op, 1, "code"));
  MOTE_TRY_STATUS(expect_rank(op, 1, "code", 1, 1));
  MOTE_TRY_STATUS(expect_dtype(op, 2, "roots", {DType::u16, DType::s32}));
  MOTE_TRY_STATUS(expect_constant(op, 2, "roots"));
  MOTE_TRY_STATUS(expect_rank(op, 2, "roots", 1, 1));
  if (op.integer("leaf_bytes") == 3) return at(op, Code::attribute_range, "leaf_bytes is 3, must be 1, 2 or 4");
  const auto facts = facts_of(tree_code_of(op), tree_code_format(op), op.constant(2).to_integers());
  if (!facts) return at(op, Code::malformed_ensemble, "a way through the packed trees leaves them or has no end");
  if (facts->columns > op.in(0).shape[1])
    return at(op, Code::shape_mismatch, "the trees read column " + std::to_string(facts->columns - 1) + " of " +
                                            std::to_string(op.in(0).shape[1]));
  return *facts;
}

std::vector<std::int64_t> compared_columns(const Tensor& x) {
  if (!is_float(x.dtype)) return x.to_integers();
  std::vector<std::int64_t> keys;
  for (const double value : x.to_reals())
    keys.push_back(std::isnan(value) ? std::numeric_limits<std::int32_t>::max() : order_key(static_cast<float>(value)));
  return keys;
}

std::uint32_t leaf_reached(const TreeCodeFormat& format, std::span<const std::uint8_t> code, std::int64_t root,
                           std::span<const std::int64_t> columns) {
  TreeBranch branch{.at = static_cast<std::uint32_t>(root)};
  while (!branch.leaf) {
    const auto decision = decision_at(code, format, branch.at);
    branch = columns[decision->column] <= decision->threshold ? decision->yes : decision->no;
  }
  return branch.at;
}

void add_tree_walk(const OpView& op, KernelCall& call) {
  call.fields.insert(call.fields.end(), {{"rows", field(op.in(0).shape[0])},
                                         {"columns", field(op.in(0).shape[1])},
                                         {"trees", field(op.in(2).shape[0])}});
  call.operands.push_back(op.node.inputs[0]);
  if (op.integer("branches") != 0) return;
  const auto facts = facts_of(tree_code_of(op), tree_code_format(op), op.constant(2).to_integers());
  MOTE_CHECK(facts.has_value());  // the type rule has followed every way
  call.fields.insert(call.fields.end(), {{"column_bytes", field(op.integer("column_bytes"))},
                                         {"skip_bytes", field(op.integer("skip_bytes"))},
                                         {"leaf_bytes", field(op.integer("leaf_bytes"))},
                                         {"has_jumps", facts->bytes != tree_code_of(op).size()}});
  call.operands.insert(call.operands.end(), {op.node.inputs[1], op.node.inputs[2]});
}

bool packed_leaves_are_below(const OpView& op, std::int64_t leaves) {
  for (const Node& node : op.graph.nodes) {
    if (node.op->name != "TreeLeaves" || node.outputs[0] != op.node.inputs[0]) continue;
    const OpView trees{op.graph, node};
    const auto facts = facts_of(tree_code_of(trees), tree_code_format(trees), trees.constant(2).to_integers());
    return facts && facts->leaves <= leaves;
  }
  return false;
}

// With one-byte columns, thresholds, skips and leaves,
//   0: column 0 <= t0 ? (1: column 1 <= t1 ? leaf 0 : leaf 1) : (skip to) 2: column 2 <= t2 ? leaf 2 : 3: jump to 1
Sample sample_packed_trees(Rng& rng) {
  const auto threshold = [&] { return rng.integer(0, 8); };
  const std::vector<std::int64_t> code{0,        threshold(), 4,                  // 0: both inner, skip 4
                                       0xC0 | 1, threshold(), 0, 1,               // 3: both leaves
                                       0x80 | 2, threshold(), 2, 0x3F, 3, 0, 0};  // 7: yes a leaf, no a jump to 3
  const auto list = [](DType dtype, const std::vector<std::int64_t>& values) {
    return integer_constant(dtype, shape_of({static_cast<std::int64_t>(values.size())}), values);
  };
  Sample::Input x{.type = {.dtype = DType::u8, .shape = shape_of({rng.integer(1, 5), 3})}, .low = 0.0F, .high = 9.0F};
  return {.attrs = {{"column_bytes", std::int64_t{1}}, {"leaf_bytes", std::int64_t{1}}, {"skip_bytes", std::int64_t{1}}},
          .inputs = {std::move(x), list(DType::u8, code), list(DType::u16, {0, 3, 7})}};
}

}  // namespace mote::ops
