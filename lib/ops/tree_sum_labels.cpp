// TreeSumLabels: the label of a classifier with two classes from the leaves that a row ends in.
//   leaves [N,T] u8 or u16                           values f32 [R], rounded u16 [R]: support/rounded_values.hpp
//   labels s64 [2]?
// The label is that of the second class if the sum of values[leaf] is above `limit` (the bits of a float32), in float32,
// trees upwards.
#include <bit>

#include "lib/ops/support/expect.hpp"
#include "lib/ops/support/expect_dtype.hpp"
#include "lib/ops/support/rounded_values.hpp"
#include "lib/ops/support/sampling.hpp"
#include "lib/ops/support/tree_leaves.hpp"
#include "lib/ops/support/types.hpp"

namespace mote::ops {
namespace {

constexpr AttrSpec label_attrs[] = {
    {.name = "classlabels_strings", .kind = AttrKind::text},
    {.name = "limit", .required = true, .lowest = 0, .highest = 0x7F7FFFFF},
};
constexpr std::size_t values_operand = 1, rounded_operand = 2, labels_operand = 3;

Status expect_list(const OpView& op, std::size_t input, std::string_view role, DType dtype) {
  MOTE_TRY_STATUS(expect_dtype(op, input, role, {dtype}));
  MOTE_TRY_STATUS(expect_constant(op, input, role));
  return expect_rank(op, input, role, 1, 1);
}

Result<Types> infer(const OpView& op) {
  MOTE_TRY_STATUS(expect_dtype(op, 0, "leaves", {DType::u8, DType::u16}));
  MOTE_TRY_STATUS(expect_rank(op, 0, "leaves", 2, 2));
  MOTE_TRY_STATUS(expect_list(op, values_operand, "values", DType::f32));
  MOTE_TRY_STATUS(expect_list(op, rounded_operand, "rounded", DType::u16));
  const Tensor values = op.constant(values_operand);
  if (!can_be_rounded(values, op.in(0).shape[1]) || op.constant(rounded_operand).to_integers() != rounded_values(values))
    return at(op, Code::shape_mismatch, "'rounded' does not hold the values of the leaves");
  if (op.has_in(labels_operand)) {
    MOTE_TRY_STATUS(expect_list(op, labels_operand, "labels", DType::s64));
    MOTE_TRY_STATUS(expect_shape(op, labels_operand, "labels", {2}));
  }
  MOTE_TRY(TensorType labels, make_type(op, DType::s64, {op.in(0).shape[0]}));
  return Types{std::move(labels)};
}

float limit_of(const OpView& op) { return std::bit_cast<float>(static_cast<std::int32_t>(op.integer("limit"))); }

// In single precision, whatever the interpreter computes in: the limit is one of that.
void eval(const OpView& op, Operands in, Outputs out) {
  const std::vector<std::int64_t> leaves = in[0]->to_integers();
  const std::vector<double> values = in[values_operand]->to_reals();
  const std::vector<std::int64_t> labels = op.has_in(labels_operand) ? in[labels_operand]->to_integers() : std::vector<std::int64_t>{0, 1};
  const auto trees = static_cast<std::size_t>(op.in(0).shape[1]);
  const auto written = out[0].as<std::int64_t>();
  for (std::size_t row = 0; row < written.size(); ++row) {
    float sum = 0;
    for (std::size_t tree = 0; tree < trees; ++tree)
      sum += static_cast<float>(values[std::min(static_cast<std::size_t>(leaves[row * trees + tree]), values.size() - 1)]);
    written[row] = labels[sum > limit_of(op) ? 1 : 0];
  }
}

Result<KernelCall> lower(const OpView& op, const Target&) {
  const std::int64_t trees = op.in(0).shape[1], leaves = op.in(values_operand).shape[0];
  const RoundedLimits limits = rounded_limits(op.constant(values_operand), trees, limit_of(op));
  return KernelCall{.header = "tree_sum_labels",
                    .kernel = "tree_sum_labels",
                    .fields = {{"rows", field(op.in(0).shape[0])},
                               {"trees", field(trees)},
                               {"above", field(limits.above)},
                               {"below", field(limits.below)},
                               {"limit", field(op.integer("limit"))},
                               {"last_leaf", field(leaves - 1)},
                               {"limits_leaves", !packed_leaves_are_below(op, leaves)},
                               {"has_labels", op.has_in(labels_operand)}},
                    .operands = {op.node.inputs[0], op.node.inputs[values_operand], op.node.inputs[rounded_operand],
                                 op.has_in(labels_operand) ? op.node.inputs[labels_operand] : ValueId{}, op.node.outputs[0]}};
}

// Shares of one, so that sums come close to the limit and meet it.
Sample sample(Rng& rng) {
  const std::int64_t trees = rng.integer(1, 20), leaves = rng.integer(2, 12);
  Sample::Input values{.type = {.dtype = DType::f32, .shape = shape_of({leaves})}};
  values.constant = Tensor::zeros(DType::f32, values.type.shape);
  for (float& value : values.constant->as<float>()) {
    const std::int64_t total = rng.integer(1, rng.chance(3) ? 300 : 4);
    value = static_cast<float>(static_cast<double>(rng.integer(0, total)) / static_cast<double>(total * trees));
  }
  values.constant->as<float>()[0] = static_cast<float>(1.0 / static_cast<double>(trees));
  Sample::Input rounded = integer_constant(DType::u16, shape_of({leaves}), rounded_values(*values.constant));
  Sample sample{.attrs = {{"limit", std::int64_t{rng.chance(4) ? 0 : 0x3F000000}}},
                .inputs = {{.type = {.dtype = rng.chance(2) ? DType::u8 : DType::u16, .shape = shape_of({rng.integer(1, 8), trees})},
                            .low = 0.0F,
                            .high = static_cast<float>(leaves - 1)},
                           std::move(values), std::move(rounded), integer_constant(DType::s64, shape_of({2}), {-3, 4})}};
  sample.inputs[labels_operand].present = rng.chance(2);
  return sample;
}

constexpr OpDef family[] = {
    {.name = "TreeSumLabels",
     .summary = "label of two from the leaves of decision trees",
     .arity = {.min_in = 3, .max_in = 4},
     .attrs = label_attrs,
     .infer = infer,
     .eval = eval,
     .lower = lower,
     .sample = sample},
};

}  // namespace

std::span<const OpDef> tree_sum_labels_ops();
std::span<const OpDef> tree_sum_labels_ops() { return family; }

}  // namespace mote::ops
