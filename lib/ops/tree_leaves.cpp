// TreeLeaves: the leaf that each tree leads to. x [N,C] u8, u16, s32 or s64 (tree_features.cpp), code u8 [bytes], the
// packed trees of codegen/kernels/tree_walk.hpp, roots u16 or s32 [T], where each tree starts in it -> [N,T] u8, u16 or
// u32, by `leaf_bytes`. The other attributes: support/tree_leaves.hpp.
#include "lib/ops/support/expect.hpp"
#include "lib/ops/support/tree_leaves.hpp"
#include "lib/ops/support/types.hpp"

namespace mote::ops {
namespace {

DType leaf_dtype(std::int64_t bytes) { return bytes == 1 ? DType::u8 : (bytes == 2 ? DType::u16 : DType::u32); }

Result<Types> infer(const OpView& op) {
  MOTE_TRY_STATUS(expect_packed_trees(op));
  MOTE_TRY(TensorType type, make_type(op, leaf_dtype(op.integer("leaf_bytes")), {op.in(0).shape[0], op.in(2).shape[0]}));
  return Types{std::move(type)};
}

void eval(const OpView& op, Operands in, Outputs out) {
  const auto trees = static_cast<std::size_t>(op.in(2).shape[0]);
  visit_dtype(out[0].dtype, [&]<class L>() {
    const auto leaves = out[0].as<L>();
    for_each_leaf(op, in, [&](std::size_t row, std::size_t tree, std::uint32_t leaf) { leaves[row * trees + tree] = static_cast<L>(leaf); });
  });
}

Result<KernelCall> lower(const OpView& op, const Target&) {
  const std::string kernel = op.integer("branches") != 0 ? "tree_branches" : "tree_leaves";
  KernelCall call{.header = kernel, .kernel = kernel};
  add_tree_walk(op, call);
  call.operands.push_back(op.node.outputs[0]);
  // A copy of a row without negative NaN, see codegen/kernels/float_order.hpp.
  if (is_float(op.in(0).dtype)) call.scratch_bytes = op.in(0).shape[1] * 4;
  return call;
}

constexpr OpDef family[] = {
    {.name = "TreeLeaves",
     .summary = "the leaf that each decision tree leads to",
     .arity = {.min_in = 3, .max_in = 3},
     .attrs = packed_tree_attrs,
     .infer = infer,
     .eval = eval,
     .lower = lower,
     .sample = sample_packed_trees},
};

}  // namespace

std::span<const OpDef> tree_leaves_ops();
std::span<const OpDef> tree_leaves_ops() { return family; }

}  // namespace mote::ops
