// TreeVoteLabels: the label of a classifier whose trees vote. x, code, roots and the attributes that say how trees are
// packed: support/tree_leaves.hpp; labels: support/tree_label.hpp. A leaf is the class that it votes for. With 2 `classes`
// the label is that of the second class if it has more than `limit` votes, else that of the first one with the most votes.
#include <algorithm>

#include "lib/ops/support/sampling.hpp"
#include "lib/ops/support/tree_label.hpp"
#include "lib/ops/support/types.hpp"

namespace mote::ops {
namespace {

constexpr AttrSpec own_attrs[] = {
    {.name = "classes", .required = true, .lowest = 2, .highest = 65535},
    {.name = "classlabels_strings", .kind = AttrKind::text},
    {.name = "limit", .fallback = std::int64_t{0}, .lowest = 0, .highest = 65535},
};
constexpr auto label_attrs = with_packed_trees(own_attrs);
constexpr std::size_t labels_operand = 3;

Result<Types> infer(const OpView& op) {
  MOTE_TRY(const TreeCodeFacts facts, expect_packed_trees(op));
  if (facts.leaves > op.integer("classes"))
    return at(op, Code::shape_mismatch, "a leaf votes for class " + std::to_string(facts.leaves - 1) + " of " +
                                            std::to_string(op.integer("classes")));
  if (op.integer("limit") > op.in(2).shape[0])
    return at(op, Code::shape_mismatch, "the limit is " + std::to_string(op.integer("limit")) + " votes of " +
                                            std::to_string(op.in(2).shape[0]) + " trees");
  if (op.in(2).shape[0] > 65535)
    return at(op, Code::shape_mismatch, std::to_string(op.in(2).shape[0]) + " trees are more than 65535");
  MOTE_TRY_STATUS(expect_labels(op, labels_operand, op.integer("classes")));
  return label_types(op);
}

void eval(const OpView& op, Operands in, Outputs out) {
  const auto classes = static_cast<std::size_t>(op.integer("classes"));
  const auto written = out[0].as<std::int64_t>();
  std::vector<std::int64_t> votes(written.size() * classes, 0);
  for_each_leaf(op, in, [&](std::size_t row, std::size_t, std::uint32_t leaf) { ++votes[row * classes + leaf]; });
  for (std::size_t row = 0; row < written.size(); ++row) {
    const auto first = votes.begin() + static_cast<std::ptrdiff_t>(row * classes);
    const bool second = first[1] > op.integer("limit");
    const auto most = std::max_element(first, first + static_cast<std::ptrdiff_t>(classes)) - first;
    written[row] = label_at(op, in, labels_operand, classes == 2 ? std::size_t{second} : static_cast<std::size_t>(most));
  }
}

Result<KernelCall> lower(const OpView& op, const Target&) {
  const std::int64_t classes = op.integer("classes");
  return label_call(op, {.kernel = "tree_vote_labels", .branch_kernel = "tree_branch_vote_labels", .asking_is_dear = classes > 2, .labels_operand = labels_operand},
                    {{"classes", field(classes)},
                     {"limit", field(op.integer("limit"))},
                     {"count_bytes", field(op.in(2).shape[0] < 256 ? 1 : 2)},
                     {"counts", field(classes == 2 ? 1 : classes)}});
}

// The sampled trees end in leaves 0 .. 3.
Sample sample(Rng& rng) {
  Sample sample = sample_packed_trees(rng);
  const std::int64_t classes = rng.integer(4, 6);
  sample.attrs["classes"] = classes;
  std::vector<std::int64_t> labels;
  for (std::int64_t label = 0; label < classes; ++label) labels.push_back(7 * label - 3);
  sample.inputs.push_back(integer_constant(DType::s64, shape_of({classes}), labels));
  sample.inputs.back().present = rng.chance(2);
  return sample;
}

constexpr OpDef family[] = {
    {.name = "TreeVoteLabels",
     .summary = "label from the votes of decision trees",
     .arity = {.min_in = 3, .max_in = 4},
     .attrs = label_attrs,
     .infer = infer,
     .eval = eval,
     .lower = lower,
     .sample = sample},
};

}  // namespace

std::span<const OpDef> tree_vote_labels_ops();
std::span<const OpDef> tree_vote_labels_ops() { return family; }

}  // namespace mote::ops
