// TreeSumLabels: the label of a classifier with two classes. x, code, roots and the attributes that say how trees are
// packed: support/tree_leaves.hpp; labels: support/tree_label.hpp.
//   values f32 [R], numbers u8 or u16 [R]: the values as integers (support/rounded_values.hpp)
// A leaf is the position of its value or, with `leaf_is_number`, its number; numbers ascend then. The label is that of the
// second class if the sum of the leaves' values is above `limit` (the bits of a float32), in float32, trees upwards.
#include <algorithm>
#include <bit>

#include "lib/ops/support/expect.hpp"
#include "lib/ops/support/expect_dtype.hpp"
#include "lib/ops/support/rounded_values.hpp"
#include "lib/ops/support/sampling.hpp"
#include "lib/ops/support/tree_label.hpp"
#include "lib/ops/support/types.hpp"
#include "lib/target/target.hpp"

namespace mote::ops {
namespace {

constexpr AttrSpec own_attrs[] = {
    {.name = "classlabels_strings", .kind = AttrKind::text},
    {.name = "leaf_is_number", .fallback = std::int64_t{0}, .lowest = 0, .highest = 1},
    {.name = "limit", .required = true, .lowest = 0, .highest = 0x7F7FFFFF},
};
constexpr auto label_attrs = with_packed_trees(own_attrs);
constexpr std::size_t values_operand = 3, numbers_operand = 4, labels_operand = 5;

Status expect_list(const OpView& op, std::size_t input, std::string_view role, std::initializer_list<DType> dtypes) {
  MOTE_TRY_STATUS(expect_dtype(op, input, role, dtypes));
  MOTE_TRY_STATUS(expect_constant(op, input, role));
  return expect_rank(op, input, role, 1, 1);
}

Status check_leaves(const OpView& op, std::uint32_t leaves, const std::vector<std::int64_t>& numbers) {
  if (op.integer("leaf_is_number") == 0) {
    if (leaves <= numbers.size()) return Ok{};
    return at(op, Code::shape_mismatch, std::to_string(leaves) + " leaves have " + std::to_string(numbers.size()) + " values");
  }
  if (std::ranges::adjacent_find(numbers, std::ranges::greater_equal{}) != numbers.end())
    return at(op, Code::shape_mismatch, "'numbers' do not ascend");
  for (const std::uint32_t leaf : leaves_of(tree_code_of(op), tree_code_format(op), op.constant(2).to_integers()))
    if (!std::ranges::binary_search(numbers, std::int64_t{leaf}))
      return at(op, Code::shape_mismatch, "leaf " + std::to_string(leaf) + " is the number of no value");
  return Ok{};
}

Result<Types> infer(const OpView& op) {
  MOTE_TRY(const TreeCodeFacts facts, expect_packed_trees(op));
  MOTE_TRY_STATUS(expect_list(op, values_operand, "values", {DType::f32}));
  MOTE_TRY_STATUS(expect_list(op, numbers_operand, "numbers", {DType::u8, DType::u16}));
  MOTE_TRY_STATUS(expect_shape(op, numbers_operand, "numbers", {op.in(values_operand).shape[0]}));
  if (!can_be_rounded(op.constant(values_operand), op.in(2).shape[0]) || op.integer("leaf_bytes") > 2)
    return at(op, Code::shape_mismatch, "'values' cannot be added as integers");
  MOTE_TRY_STATUS(check_leaves(op, facts.leaves, op.constant(numbers_operand).to_integers()));
  MOTE_TRY_STATUS(expect_labels(op, labels_operand, 2));
  return label_types(op);
}

float limit_of(const OpView& op) { return std::bit_cast<float>(static_cast<std::int32_t>(op.integer("limit"))); }

// In single precision, whatever the interpreter computes in: the limit is one of that.
void eval(const OpView& op, Operands in, Outputs out) {
  const std::vector<double> values = in[values_operand]->to_reals();
  const std::vector<std::int64_t> numbers = in[numbers_operand]->to_integers();
  const bool by_number = op.integer("leaf_is_number") != 0;
  const auto written = out[0].as<std::int64_t>();
  std::vector<float> sums(written.size(), 0.0F);
  for_each_leaf(op, in, [&](std::size_t row, std::size_t, std::uint32_t leaf) {
    const auto found = std::ranges::lower_bound(numbers, std::int64_t{leaf}) - numbers.begin();
    sums[row] += static_cast<float>(values[by_number ? static_cast<std::size_t>(found) : leaf]);
  });
  for (std::size_t row = 0; row < written.size(); ++row)
    written[row] = label_at(op, in, labels_operand, sums[row] > limit_of(op) ? 1 : 0);
}

Result<KernelCall> lower(const OpView& op, const Target& target) {
  const std::int64_t trees = op.in(2).shape[0];
  const std::vector<std::int64_t> numbers = op.constant(numbers_operand).to_integers();
  const RoundedLimits limits = rounded_limits(op.constant(values_operand), numbers, trees, limit_of(op));
  const std::int64_t most = std::ranges::max(numbers);
  const bool by_number = op.integer("leaf_is_number") != 0;
  // Looked up tree by tree, numbers would take a function of branches more registers than AVR has.
  const bool sums_list = !by_number && target_class(target) == TargetClass::avr;
  return label_call(op, {.kernel = "tree_sum_labels", .branch_kernel = "tree_branch_sum_labels", .asking_is_dear = sums_list, .lists_leaves = true, .labels_operand = labels_operand},
                    {{"above", field(limits.above)},
                     {"below", field(limits.below)},
                     {"most_number", field(most)},
                     {"limit", field(op.integer("limit"))},
                     {"sum_bytes", field(most * trees <= 0xFFFF ? 2 : 4)},
                     {"leaf_is_number", by_number},
                     {"sums_list", sums_list},
                     {"adds_as_integers", target.cpu.fpu == Fpu::none}});
}

// Shares of one, so that sums come close to the limit and meet it.
// The sampled trees end in leaves 0 .. 3.
Sample sample(Rng& rng) {
  Sample sample = sample_packed_trees(rng);
  const bool by_number = rng.chance(2);
  std::vector<float> list;
  for (int leaf = 0; leaf < 4; ++leaf) {
    const std::int64_t total = rng.integer(1, rng.chance(3) ? 300 : 4);
    list.push_back(static_cast<float>(static_cast<double>(rng.integer(0, total)) / static_cast<double>(total * 3)));
  }
  list[3] = 1.0F / 3.0F;
  Sample::Input values{.type = {.dtype = DType::f32, .shape = shape_of({4})}};
  values.constant = Tensor::zeros(DType::f32, values.type.shape);
  if (by_number) list = {0.0F, 1.0F / 6.0F, 0.25F, 1.0F / 3.0F};
  std::ranges::copy(list, values.constant->as<float>().begin());
  const std::vector<std::int64_t> numbers = by_number ? std::vector<std::int64_t>{0, 1, 2, 3} : rounded_values(list, 65535);
  sample.attrs["leaf_is_number"] = std::int64_t{by_number};
  sample.attrs["limit"] = std::int64_t{rng.chance(4) ? 0 : 0x3F000000};
  sample.inputs.insert(sample.inputs.end(), {std::move(values), integer_constant(by_number ? DType::u8 : DType::u16, shape_of({4}), numbers),
                                             integer_constant(DType::s64, shape_of({2}), {-3, 4})});
  sample.inputs[labels_operand].present = rng.chance(2);
  return sample;
}

constexpr OpDef family[] = {
    {.name = "TreeSumLabels",
     .summary = "label of two from the leaves of decision trees",
     .arity = {.min_in = 5, .max_in = 6},
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
