#include "lib/ops/support/tree_label.hpp"

#include <algorithm>

#include "lib/ops/support/expect.hpp"
#include "lib/ops/support/expect_dtype.hpp"
#include "lib/ops/support/types.hpp"

namespace mote::ops {
namespace {

constexpr std::size_t roots_operand = 2;

}  // namespace

Status expect_labels(const OpView& op, std::size_t input, std::int64_t classes) {
  if (!op.has_in(input)) return Ok{};
  MOTE_TRY_STATUS(expect_dtype(op, input, "labels", {DType::s64}));
  MOTE_TRY_STATUS(expect_constant(op, input, "labels"));
  return expect_shape(op, input, "labels", {classes});
}

Result<Types> label_types(const OpView& op) {
  MOTE_TRY(TensorType labels, make_type(op, DType::s64, {op.in(0).shape[0]}));
  return Types{std::move(labels)};
}

std::int64_t label_at(const OpView& op, Operands in, std::size_t input, std::size_t position) {
  return op.has_in(input) ? in[input]->as<std::int64_t>()[position] : static_cast<std::int64_t>(position);
}

LabelChecks label_checks(std::int64_t trees, bool asking_is_dear) {
  if (trees < (asking_is_dear ? 16 : 8)) return {.first = trees};
  if (!asking_is_dear) return {.first = trees / 2 + 1, .every = std::max<std::int64_t>(2, trees / 16)};
  return {.first = trees / 2 + trees / 16 + 1, .every = trees / 10 + 1};
}

KernelCall label_call(const OpView& op, const LabelCall& label, std::vector<std::pair<std::string, KernelField>> fields) {
  const bool branches = op.integer("branches") != 0, copies = is_float(op.in(0).dtype);
  const std::int64_t trees = op.in(roots_operand).shape[0];
  const LabelChecks checks = label_checks(trees, label.asking_is_dear);
  KernelCall call{.header = label.kernel, .kernel = branches ? label.branch_kernel : label.kernel};
  add_tree_walk(op, call);
  if (branches) call.fields.emplace_back("leaf_bytes", field(op.integer("leaf_bytes")));
  call.fields.insert(call.fields.end(), {{"first_check", field(checks.first)},
                                         {"check_every", field(checks.every)},
                                         {"copies_rows", copies},
                                         {"has_labels", op.has_in(label.labels_operand)}});
  call.fields.insert(call.fields.end(), fields.begin(), fields.end());
  for (std::size_t i = roots_operand + 1; i <= label.labels_operand; ++i)
    call.operands.push_back(op.has_in(i) ? op.node.inputs[i] : ValueId{});
  call.operands.push_back(op.node.outputs[0]);
  call.scratch_bytes = (copies ? op.in(0).shape[1] * 4 : 0) + (label.lists_leaves ? trees * op.integer("leaf_bytes") : 0);
  return call;
}

}  // namespace mote::ops
