// TreeSums: decision trees and the sums of their leaves in one. x, code, roots and the attributes that say how trees are
// packed: support/tree_leaves.hpp. What a leaf adds, and the sums [N,targets]:
//   votes    no further operands; u8 or u16, by `vote_bytes`. Several targets: 1 to the target with the leaf's number.
//            One target: the leaf's number.
//   values   values f32 [R]: values[leaf], to the single target; with tree_targets u8 or u16 [T] to the tree's own
//   rows     values f32 [E], starts u16 or s32 [R+1], entry_targets u8 or u16 [E]: values[i] to target entry_targets[i],
//            for i = starts[leaf] .. starts[leaf + 1] - 1
// Float sums begin with -0 if `begins_negative`, else with +0, and are of float32, trees upwards: ONNX Runtime's order.
#include <algorithm>
#include <cmath>

#include "lib/ops/support/expect.hpp"
#include "lib/ops/support/expect_dtype.hpp"
#include "lib/ops/support/sampling.hpp"
#include "lib/ops/support/tree_leaves.hpp"
#include "lib/ops/support/types.hpp"

namespace mote::ops {
namespace {

constexpr AttrSpec own_attrs[] = {
    {.name = "begins_negative", .fallback = std::int64_t{0}, .lowest = 0, .highest = 1},
    {.name = "targets", .required = true, .lowest = 1, .highest = 65535},
    {.name = "vote_bytes", .fallback = std::int64_t{2}, .lowest = 1, .highest = 2},
};
constexpr auto sums_attrs = with_packed_trees(own_attrs);
constexpr std::size_t values_operand = 3, starts_operand = 4, entries_operand = 5, tree_targets_operand = 6;

Status expect_list(const OpView& op, std::size_t input, std::string_view role, std::initializer_list<DType> dtypes) {
  MOTE_TRY_STATUS(expect_dtype(op, input, role, dtypes));
  MOTE_TRY_STATUS(expect_constant(op, input, role));
  return expect_rank(op, input, role, 1, 1);
}

Status expect_targets(const OpView& op, std::size_t input, std::string_view role) {
  MOTE_TRY_STATUS(expect_list(op, input, role, {DType::u8, DType::u16}));
  for (const std::int64_t target : op.constant(input).to_integers())
    if (target >= op.integer("targets"))
      return at(op, Code::shape_mismatch, "'" + std::string(role) + "' names target " + std::to_string(target) + " of " +
                                              std::to_string(op.integer("targets")));
  return Ok{};
}

Status check_votes(const OpView& op, std::uint32_t leaves) {
  const std::int64_t most = op.integer("targets") == 1 ? std::int64_t{leaves - 1} * op.in(2).shape[0] : op.in(2).shape[0];
  if (op.integer("targets") > 1 && leaves > op.integer("targets"))
    return at(op, Code::shape_mismatch, "a leaf votes for target " + std::to_string(leaves - 1) + " of " +
                                            std::to_string(op.integer("targets")));
  if (most >= std::int64_t{1} << (8 * op.integer("vote_bytes")))
    return at(op, Code::shape_mismatch, std::to_string(most) + " votes are too many for " +
                                            std::to_string(op.integer("vote_bytes")) + " bytes");
  return Ok{};
}

Status check_rows(const OpView& op, std::uint32_t leaves) {
  MOTE_TRY_STATUS(expect_list(op, starts_operand, "starts", {DType::u16, DType::s32}));
  MOTE_TRY_STATUS(expect_targets(op, entries_operand, "entry_targets"));
  MOTE_TRY_STATUS(expect_shape(op, entries_operand, "entry_targets", {op.in(values_operand).shape[0]}));
  const std::vector<std::int64_t> starts = op.constant(starts_operand).to_integers();
  const bool divides = starts.size() > leaves && std::ranges::is_sorted(starts) && starts.front() == 0 &&
                       starts.back() == op.in(values_operand).shape[0];
  if (divides) return Ok{};
  return at(op, Code::shape_mismatch, "'starts' does not divide the values into " + std::to_string(leaves) + " rows");
}

Status check_values(const OpView& op, std::uint32_t leaves) {
  MOTE_TRY_STATUS(expect_list(op, values_operand, "values", {DType::f32}));
  if (op.has_in(starts_operand) && !op.has_in(tree_targets_operand)) return check_rows(op, leaves);
  if (op.in(values_operand).shape[0] < leaves)
    return at(op, Code::shape_mismatch, std::to_string(leaves) + " leaves have " +
                                            std::to_string(op.in(values_operand).shape[0]) + " values");
  if (op.has_in(tree_targets_operand)) {
    MOTE_TRY_STATUS(expect_targets(op, tree_targets_operand, "tree_targets"));
    return expect_shape(op, tree_targets_operand, "tree_targets", {op.in(2).shape[0]});
  }
  if (op.integer("targets") == 1) return Ok{};
  return at(op, Code::shape_mismatch, "several targets have one value per leaf");
}

Result<Types> infer(const OpView& op) {
  MOTE_TRY(const TreeCodeFacts facts, expect_packed_trees(op));
  const bool votes = !op.has_in(values_operand);
  MOTE_TRY_STATUS(votes ? check_votes(op, facts.leaves) : check_values(op, facts.leaves));
  const DType dtype = votes ? (op.integer("vote_bytes") == 1 ? DType::u8 : DType::u16) : DType::f32;
  MOTE_TRY(TensorType type, make_type(op, dtype, {op.in(0).shape[0], op.integer("targets")}));
  return Types{std::move(type)};
}

template <class S>
void count_votes(const OpView& op, Operands in, std::span<S> sums) {
  const auto targets = static_cast<std::size_t>(op.integer("targets"));
  for_each_leaf(op, in, [&](std::size_t row, std::size_t, std::uint32_t leaf) {
    S& sum = sums[row * targets + (targets == 1 ? 0 : leaf)];
    sum = static_cast<S>(sum + (targets == 1 ? leaf : 1));
  });
}

template <class T>
void add_values(const OpView& op, Operands in, std::span<T> sums) {
  const auto operand = [&](std::size_t i) {
    return i < in.size() && in[i] != nullptr ? in[i]->to_integers() : std::vector<std::int64_t>{};
  };
  const auto targets = static_cast<std::size_t>(op.integer("targets"));
  const auto values = in[values_operand]->as<T>();
  const std::vector<std::int64_t> starts = operand(starts_operand), entries = operand(entries_operand),
                                  own = operand(tree_targets_operand);
  std::ranges::fill(sums, op.integer("begins_negative") != 0 ? -T{0} : T{0});
  for_each_leaf(op, in, [&](std::size_t row, std::size_t tree, std::uint32_t leaf) {
    T* of_row = sums.data() + row * targets;
    if (starts.empty()) {
      of_row[own.empty() ? 0 : own[tree]] += values[leaf];
      return;
    }
    for (auto i = static_cast<std::size_t>(starts[leaf]); i < static_cast<std::size_t>(starts[leaf + 1]); ++i)
      of_row[entries[i]] += values[i];
  });
}

void eval(const OpView& op, Operands in, Outputs out) {
  if (out[0].dtype == DType::u8) return count_votes(op, in, out[0].as<std::uint8_t>());
  if (out[0].dtype == DType::u16) return count_votes(op, in, out[0].as<std::uint16_t>());
  if (out[0].dtype == DType::f32) return add_values(op, in, out[0].as<float>());
  add_values(op, in, out[0].as<double>());
}

// What codegen/kernels/positive_sum.hpp asks for.
bool integers_can_add(const OpView& op) {
  if (!op.has_in(values_operand) || op.integer("begins_negative") != 0) return false;
  const Tensor values = op.constant(values_operand);
  double largest = 0;
  for (const float value : values.as<float>()) {
    if (std::signbit(value) || !std::isfinite(value) || (value != 0.0F && !std::isnormal(value))) return false;
    largest = std::max(largest, static_cast<double>(value));
  }
  return largest * static_cast<double>(op.in(2).shape[0]) * static_cast<double>(values.shape[0]) < 1e38;
}

Result<KernelCall> lower(const OpView& op, const Target& target) {
  KernelCall call{.header = "tree_sums", .kernel = op.integer("branches") != 0 ? "tree_branch_sums" : "tree_sums"};
  add_tree_walk(op, call);
  call.fields.emplace_back("targets", field(op.integer("targets")));
  call.fields.emplace_back("begins_negative", op.integer("begins_negative") != 0);
  call.fields.emplace_back("adds_as_integers", target.cpu.fpu == Fpu::none && integers_can_add(op));
  for (const std::size_t i : {values_operand, starts_operand, entries_operand, tree_targets_operand})
    call.operands.push_back(op.has_in(i) ? op.node.inputs[i] : ValueId{});
  call.operands.push_back(op.node.outputs[0]);
  // A copy of a row without negative NaN, see codegen/kernels/float_order.hpp.
  if (is_float(op.in(0).dtype)) call.scratch_bytes = op.in(0).shape[1] * 4;
  return call;
}

Sample::Input absent() {
  Sample::Input input = integer_constant(DType::u8, shape_of({1}), {0});
  input.present = false;
  return input;
}

Sample::Input sampled_values(Rng& rng, std::int64_t count) {
  const bool positive = rng.chance(2);
  Sample::Input input{.type = {.dtype = DType::f32, .shape = shape_of({count})}};
  input.constant = Tensor::zeros(DType::f32, input.type.shape);
  for (float& value : input.constant->as<float>()) value = rng.real(positive ? 0.01F : -1.0F, 1.0F);
  return input;
}

// The sampled trees end in leaves 0 .. 3.
Sample sample(Rng& rng) {
  const auto list = [](const std::vector<std::int64_t>& values) {
    return integer_constant(DType::u8, shape_of({static_cast<std::int64_t>(values.size())}), values);
  };
  Sample sample = sample_packed_trees(rng);
  const std::int64_t form = rng.integer(0, 4);
  const std::int64_t targets = form == 0 || form == 2 ? 1 : 4;
  sample.attrs["targets"] = targets;
  sample.attrs["vote_bytes"] = rng.integer(1, 2);
  sample.inputs.insert(sample.inputs.end(), {absent(), absent(), absent(), absent()});
  if (form >= 2) sample.inputs[values_operand] = sampled_values(rng, form == 4 ? 6 : 4);
  if (form == 3) sample.inputs[tree_targets_operand] = list({2, 0, 3});
  if (form == 4) {
    sample.attrs["begins_negative"] = rng.integer(0, 1);
    sample.inputs[starts_operand] = integer_constant(DType::u16, shape_of({5}), {0, 1, 3, 5, 6});
    sample.inputs[entries_operand] = list({2, 0, 3, 1, 2, 0});
  }
  return sample;
}

constexpr OpDef family[] = {
    {.name = "TreeSums",
     .summary = "sums over the leaves that decision trees lead to",
     .arity = {.min_in = 3, .max_in = 7},
     .attrs = sums_attrs,
     .infer = infer,
     .eval = eval,
     .lower = lower,
     .sample = sample},
};

}  // namespace

std::span<const OpDef> tree_sums_ops();
std::span<const OpDef> tree_sums_ops() { return family; }

}  // namespace mote::ops
