// TreeLeaves: the leaf that each tree leads to. x [N,C] u8, u16, s32 or s64 (tree_features.cpp), code u8 [bytes], the
// packed trees of codegen/kernels/tree_leaves.hpp, roots u16 or s32 [T], where each tree starts in it -> [N,T] u8, u16 or
// u32, by `leaf_bytes`. With `branches` the emitted code is not the walker that reads the code, but functions of nested
// branches, one per tree, that codegen prints from it (codegen/tree_functions.hpp); the values are the same.
#include <algorithm>

#include "lib/ops/support/expect.hpp"
#include "lib/ops/support/expect_dtype.hpp"
#include "lib/ops/support/sampling.hpp"
#include "lib/ops/support/tree_leaves.hpp"
#include "lib/ops/support/types.hpp"

namespace mote::ops {
namespace {

constexpr AttrSpec leaves_attrs[] = {
    {.name = "branches", .fallback = std::int64_t{0}, .lowest = 0, .highest = 1},
    {.name = "column_bytes", .required = true, .lowest = 1, .highest = 2},
    {.name = "leaf_bytes", .required = true, .lowest = 1, .highest = 4},
    {.name = "skip_bytes", .required = true, .lowest = 1, .highest = 3},
};

DType leaf_dtype(std::int64_t bytes) { return bytes == 1 ? DType::u8 : (bytes == 2 ? DType::u16 : DType::u32); }

Result<Types> infer(const OpView& op) {
  MOTE_TRY_STATUS(expect_dtype(op, 0, "x", {DType::u8, DType::u16, DType::s32, DType::s64}));
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
  MOTE_TRY(TensorType type, make_type(op, leaf_dtype(op.integer("leaf_bytes")), {op.in(0).shape[0], op.in(2).shape[0]}));
  return Types{std::move(type)};
}

void eval(const OpView& op, Operands in, Outputs out) {
  const auto code = in[1]->as<std::uint8_t>();
  const TreeCodeFormat format = tree_code_format(op);
  const std::vector<std::int64_t> x = in[0]->to_integers(), roots = in[2]->to_integers();
  const auto columns = static_cast<std::size_t>(op.in(0).shape[1]);
  visit_dtype(out[0].dtype, [&]<class L>() {
    const auto leaves = out[0].as<L>();
    for (std::size_t i = 0; i < leaves.size(); ++i) {
      const std::int64_t* row = x.data() + i / roots.size() * columns;
      TreeBranch branch{.at = static_cast<std::uint32_t>(roots[i % roots.size()])};
      while (!branch.leaf) {
        const auto decision = decision_at(code, format, branch.at);
        branch = row[decision->column] <= decision->threshold ? decision->yes : decision->no;
      }
      leaves[i] = static_cast<L>(branch.at);
    }
  });
}

Result<KernelCall> lower(const OpView& op, const Target&) {
  KernelCall call{.header = "tree_leaves",
                  .kernel = "tree_leaves",
                  .fields = {{"rows", field(op.in(0).shape[0])},
                             {"columns", field(op.in(0).shape[1])},
                             {"trees", field(op.in(2).shape[0])}},
                  .operands = {op.node.inputs[0], op.node.inputs[1], op.node.inputs[2], op.node.outputs[0]}};
  if (op.integer("branches") != 0) {
    call.header = call.kernel = "tree_branches";
    call.operands = {op.node.inputs[0], op.node.outputs[0]};
    return call;
  }
  call.fields.insert(call.fields.end(), {{"column_bytes", field(op.integer("column_bytes"))},
                                         {"skip_bytes", field(op.integer("skip_bytes"))},
                                         {"leaf_bytes", field(op.integer("leaf_bytes"))}});
  return call;
}

// Three trees that share a subtree through a jump: with one-byte columns, thresholds, skips and leaves,
//   0: column 0 <= t0 ? (1: column 1 <= t1 ? leaf 0 : leaf 1) : (skip to) 2: column 2 <= t2 ? leaf 2 : 3: jump to 1
Sample sample(Rng& rng) {
  const auto threshold = [&] { return rng.integer(0, 8); };
  const std::vector<std::int64_t> code{0,        threshold(), 4,              // 0: both inner, skip 4
                                       0xC0 | 1, threshold(), 0, 1,           // 3: both leaves
                                       0x80 | 2, threshold(), 2, 0x3F, 3, 0, 0};  // 7: yes a leaf, no a jump to 3
  const auto list = [](DType dtype, const std::vector<std::int64_t>& values) {
    return integer_constant(dtype, shape_of({static_cast<std::int64_t>(values.size())}), values);
  };
  Sample::Input x{.type = {.dtype = DType::u8, .shape = shape_of({rng.integer(1, 5), 3})}, .low = 0.0F, .high = 9.0F};
  return {.attrs = {{"column_bytes", std::int64_t{1}}, {"leaf_bytes", std::int64_t{1}}, {"skip_bytes", std::int64_t{1}}},
          .inputs = {std::move(x), list(DType::u8, code), list(DType::u16, {0, 3, 7})}};
}

constexpr OpDef family[] = {
    {.name = "TreeLeaves",
     .summary = "the leaf that each decision tree leads to",
     .arity = {.min_in = 3, .max_in = 3},
     .attrs = leaves_attrs,
     .infer = infer,
     .eval = eval,
     .lower = lower,
     .sample = sample},
};

}  // namespace

std::span<const OpDef> tree_leaves_ops();
std::span<const OpDef> tree_leaves_ops() { return family; }

}  // namespace mote::ops
