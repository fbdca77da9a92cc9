// TreeShareLabels: the label of a classifier whose trees end in leaves that hold shares of classes. x, code, roots and the
// attributes that say how trees are packed: support/tree_leaves.hpp; labels: support/tree_label.hpp.
//   shares u16 [E], starts u16 [R]?: the rows of leaves behind the first `classes` leaves, of which each is all of one class.
//   Without starts, leaf classes + k has the row that starts at k.
// How rows are stored: codegen/kernels/tree_share_labels.hpp. The label is that of the class with the largest sum of
// count / (total * trees), each rounded to float32, in float32, trees upwards; the first of equal ones.
#include <algorithm>
#include <map>

#include "lib/ops/support/expect.hpp"
#include "lib/ops/support/expect_dtype.hpp"
#include "lib/ops/support/sampling.hpp"
#include "lib/ops/support/tree_label.hpp"
#include "lib/ops/support/tree_shares.hpp"
#include "lib/ops/support/types.hpp"
#include "lib/target/target.hpp"

namespace mote::ops {
namespace {

constexpr AttrSpec own_attrs[] = {
    {.name = "classes", .required = true, .lowest = 2, .highest = most_share_classes},
    {.name = "classlabels_strings", .kind = AttrKind::text},
};
constexpr auto label_attrs = with_packed_trees(own_attrs);
constexpr std::size_t shares_operand = 3, starts_operand = 4, labels_operand = 5;

Status expect_list(const OpView& op, std::size_t input, std::string_view role, DType dtype) {
  MOTE_TRY_STATUS(expect_dtype(op, input, role, {dtype}));
  MOTE_TRY_STATUS(expect_constant(op, input, role));
  return expect_rank(op, input, role, 1, 1);
}

bool divides_its_total(const ShareRow& row, std::int64_t classes) {
  std::int64_t left = row.total;
  for (const ClassCount& one : row.counts) {
    if (one.target >= classes || one.count < 1) return false;
    left -= one.count;
  }
  return left == 0 && row.counts.size() > 1;
}

std::vector<std::int64_t> row_starts(const OpView& op) {
  return op.has_in(starts_operand) ? op.constant(starts_operand).to_integers() : std::vector<std::int64_t>{};
}
// Where the row of leaf classes + k starts.
std::size_t row_start(const OpView& op, const std::vector<std::int64_t>& starts, std::size_t k) {
  return op.has_in(starts_operand) ? static_cast<std::size_t>(starts[k]) : k;
}

Status check_rows(const OpView& op) {
  const auto classes = static_cast<std::uint32_t>(op.integer("classes"));
  const std::vector<std::int64_t> starts = row_starts(op), shares = op.constant(shares_operand).to_integers();
  for (const std::uint32_t leaf : leaves_of(tree_code_of(op), tree_code_format(op), op.constant(2).to_integers())) {
    if (leaf < classes) continue;
    if (op.has_in(starts_operand) && leaf - classes >= starts.size())
      return at(op, Code::shape_mismatch, "leaf " + std::to_string(leaf) + " of " + std::to_string(classes + starts.size()));
    if (!divides_its_total(share_row(shares, row_start(op, starts, leaf - classes)), op.integer("classes")))
      return at(op, Code::shape_mismatch, "the row of shares of leaf " + std::to_string(leaf) + " does not divide its total among " +
                                              std::to_string(classes) + " classes");
  }
  return Ok{};
}

Result<Types> infer(const OpView& op) {
  MOTE_TRY_STATUS(expect_packed_trees(op));
  if (op.has_in(starts_operand)) MOTE_TRY_STATUS(expect_list(op, starts_operand, "starts", DType::u16));
  MOTE_TRY_STATUS(expect_list(op, shares_operand, "shares", DType::u16));
  const std::int64_t trees = op.in(2).shape[0];
  if (trees < 1 || trees > most_share_trees || op.integer("leaf_bytes") > 2)
    return at(op, Code::shape_mismatch, std::to_string(trees) + " trees, expected 1 to " + std::to_string(most_share_trees) + " with leaves of 2 bytes");
  MOTE_TRY_STATUS(check_rows(op));
  MOTE_TRY_STATUS(expect_labels(op, labels_operand, op.integer("classes")));
  return label_types(op);
}

ShareRow row_of(const OpView& op, const std::vector<std::int64_t>& starts, const std::vector<std::int64_t>& shares, std::uint32_t leaf) {
  const auto classes = static_cast<std::uint32_t>(op.integer("classes"));
  if (leaf < classes) return {.total = 1, .counts = {{.target = leaf, .count = 1}}};
  return share_row(shares, row_start(op, starts, leaf - classes));
}

// In single precision, whatever the interpreter computes in: which of two close sums is larger depends on it.
void eval(const OpView& op, Operands in, Outputs out) {
  const std::vector<std::int64_t> starts = row_starts(op), shares = in[shares_operand]->to_integers();
  std::map<std::uint32_t, ShareRow> rows;
  for (const std::uint32_t leaf : leaves_of(tree_code_of(op), tree_code_format(op), op.constant(2).to_integers()))
    rows.emplace(leaf, row_of(op, starts, shares, leaf));
  const auto classes = static_cast<std::size_t>(op.integer("classes"));
  const auto trees = static_cast<double>(op.in(2).shape[0]);
  const auto written = out[0].as<std::int64_t>();
  std::vector<float> sums(written.size() * classes, 0.0F);
  for_each_leaf(op, in, [&](std::size_t row, std::size_t, std::uint32_t leaf) {
    const ShareRow& shared = rows.at(leaf);
    for (const ClassCount& one : shared.counts)
      sums[row * classes + static_cast<std::size_t>(one.target)] +=
          static_cast<float>(static_cast<double>(one.count) / (static_cast<double>(shared.total) * trees));
  });
  for (std::size_t row = 0; row < written.size(); ++row) {
    const auto of_row = std::span(sums).subspan(row * classes, classes);
    written[row] = label_at(op, in, labels_operand, static_cast<std::size_t>(std::ranges::max_element(of_row) - of_row.begin()));
  }
}

Result<KernelCall> lower(const OpView& op, const Target& target) {
  const std::int64_t trees = op.in(2).shape[0];
  const std::vector<std::int64_t> shares = op.constant(shares_operand).to_integers();
  const bool short_sums = target_class(target) == TargetClass::avr && trees * whole_share < 0xFFFF;
  return label_call(op, {.kernel = "tree_share_labels", .branch_kernel = "tree_branch_share_labels",
                         .asking_is_dear = true, .lists_leaves = true, .labels_operand = labels_operand},
                    {{"classes", field(op.integer("classes"))},
                     {"guard", field(share_guard(trees, shares))},
                     {"sum_bytes", field(short_sums ? 2 : 4)}});
}

// A total in two parts or more. Small ones make ties likely.
void sample_row(Rng& rng, std::int64_t classes, std::vector<std::int64_t>& shares) {
  std::int64_t left = rng.integer(2, rng.chance(3) ? most_share_total : 6);
  const std::int64_t total = left;
  std::vector<ClassCount> counts;
  for (std::int64_t target = rng.integer(0, classes - 2); target < classes - 1 && left > 1; ++target) {
    counts.push_back({.target = target, .count = rng.integer(1, left - 1)});
    left -= counts.back().count;
  }
  counts.push_back({.target = classes - 1, .count = left});
  append_share_row(shares, total, counts);
}

Sample sample(Rng& rng) {
  // The sampled trees end in leaves 0 .. 3: of one class each, or with rows.
  const std::int64_t classes = rng.chance(2) ? 2 : rng.integer(3, most_share_classes), rows = 2;
  const bool has_starts = classes == 2 || rng.chance(2);  // with 3 classes leaf 3 is the first row
  std::vector<std::int64_t> starts, shares, labels;
  for (std::int64_t row = 0; row < rows; ++row) {
    starts.push_back(static_cast<std::int64_t>(shares.size()));
    sample_row(rng, classes, shares);
  }
  for (std::int64_t label = 0; label < classes; ++label) labels.push_back(7 * label - 3);
  const auto list = [](DType dtype, const std::vector<std::int64_t>& values) {
    return integer_constant(dtype, shape_of({static_cast<std::int64_t>(values.size())}), values);
  };
  Sample sample = sample_packed_trees(rng);
  sample.attrs["classes"] = classes;
  sample.inputs.insert(sample.inputs.end(), {list(DType::u16, shares), list(DType::u16, starts), list(DType::s64, labels)});
  sample.inputs[starts_operand].present = has_starts;
  sample.inputs[labels_operand].present = rng.chance(2);
  return sample;
}

constexpr OpDef family[] = {
    {.name = "TreeShareLabels",
     .summary = "label from the leaves of decision trees that hold shares of classes",
     .arity = {.min_in = 4, .max_in = 6},
     .attrs = label_attrs,
     .infer = infer,
     .eval = eval,
     .lower = lower,
     .sample = sample},
};

}  // namespace

std::span<const OpDef> tree_share_labels_ops();
std::span<const OpDef> tree_share_labels_ops() { return family; }

}  // namespace mote::ops
