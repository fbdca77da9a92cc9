#pragma once
#include "lib/ops/op_def.hpp"
#include "lib/ops/support/tree_leaves.hpp"

// Operators that find labels by packed trees (support/tree_leaves.hpp) and may stop asking trees when the rest of them
// cannot change the label any more: codegen/kernels/tree_label.hpp. Their last operand, labels s64 [classes], may be left
// out; a label is the position of its class then.
namespace mote::ops {

[[nodiscard]] Status expect_labels(const OpView& op, std::size_t input, std::int64_t classes);

// labels s64 [N]
[[nodiscard]] Result<Types> label_types(const OpView& op);
[[nodiscard]] std::int64_t label_at(const OpView& op, Operands in, std::size_t input, std::size_t position);

// After how many trees it is asked for the first time whether the label is decided, and after how many more each time.
// Before half of the trees the rest can always outvote them. Where asking is dear (sums of several classes are compared),
// it is rare, and does not pay with few trees; then `first` is all trees.
struct LabelChecks {
  std::int64_t first = 0, every = 1;
};
[[nodiscard]] LabelChecks label_checks(std::int64_t trees, bool asking_is_dear);

// The call of `kernel`, or with branches of what is called so there. `tables`: the operands behind x, code and roots.
struct LabelCall {
  std::string kernel{}, branch_kernel{};
  bool asking_is_dear = false;
  bool lists_leaves = false;  // in scratch memory
  std::size_t labels_operand = 0;
};
[[nodiscard]] KernelCall label_call(const OpView& op, const LabelCall& label, std::vector<std::pair<std::string, KernelField>> fields);

}  // namespace mote::ops
