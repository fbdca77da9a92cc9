// TreeShareLabels: the label of a classifier from the leaves that a row ends in, which hold shares of classes.
//   leaves [N,T] u8 or u16                           starts u16 [R], shares u16 [E]: the rows of leaves behind the first
//   labels s64 [classes]?                            `classes` leaves, of which each is all of one class
// How rows are stored: codegen/kernels/tree_share_labels.hpp. The label is that of the class with the largest sum of
// count / (total * trees), each rounded to float32, in float32, trees upwards; the first of equal ones.
#include <algorithm>

#include "lib/ops/support/expect.hpp"
#include "lib/ops/support/expect_dtype.hpp"
#include "lib/ops/support/sampling.hpp"
#include "lib/ops/support/tree_leaves.hpp"
#include "lib/ops/support/tree_shares.hpp"
#include "lib/ops/support/types.hpp"
#include "lib/target/target.hpp"

namespace mote::ops {
namespace {

constexpr AttrSpec label_attrs[] = {
    {.name = "classlabels_strings", .kind = AttrKind::text},
    {.name = "classes", .required = true, .lowest = 2, .highest = most_share_classes},
};
constexpr std::size_t starts_operand = 1, shares_operand = 2, labels_operand = 3;

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

Status check_rows(const OpView& op) {
  const std::vector<std::int64_t> starts = op.constant(starts_operand).to_integers(),
                                  shares = op.constant(shares_operand).to_integers();
  for (const std::int64_t start : starts)
    if (!divides_its_total(share_row(shares, static_cast<std::size_t>(start)), op.integer("classes")))
      return at(op, Code::shape_mismatch, "the row of shares at " + std::to_string(start) + " does not divide its total among " +
                                              std::to_string(op.integer("classes")) + " classes");
  return Ok{};
}

Result<Types> infer(const OpView& op) {
  MOTE_TRY_STATUS(expect_dtype(op, 0, "leaves", {DType::u8, DType::u16}));
  MOTE_TRY_STATUS(expect_rank(op, 0, "leaves", 2, 2));
  MOTE_TRY_STATUS(expect_list(op, starts_operand, "starts", DType::u16));
  MOTE_TRY_STATUS(expect_list(op, shares_operand, "shares", DType::u16));
  MOTE_TRY_STATUS(check_rows(op));
  if (op.has_in(labels_operand)) {
    MOTE_TRY_STATUS(expect_list(op, labels_operand, "labels", DType::s64));
    MOTE_TRY_STATUS(expect_shape(op, labels_operand, "labels", {op.integer("classes")}));
  }
  if (op.in(0).shape[1] < 1 || op.in(0).shape[1] > most_share_trees)
    return at(op, Code::shape_mismatch, std::to_string(op.in(0).shape[1]) + " trees, expected 1 to " + std::to_string(most_share_trees));
  MOTE_TRY(TensorType labels, make_type(op, DType::s64, {op.in(0).shape[0]}));
  return Types{std::move(labels)};
}

// In single precision, whatever the interpreter computes in: which of two close sums is larger depends on it.
std::size_t class_of(const std::vector<ShareRow>& rows, std::span<const std::int64_t> leaves, std::size_t classes) {
  std::vector<float> sums(classes, 0.0F);
  const auto trees = static_cast<double>(leaves.size());
  for (const std::int64_t leaf : leaves)
    for (const ShareRow& row = rows[std::min(static_cast<std::size_t>(leaf), rows.size() - 1)]; const ClassCount& one : row.counts)
      sums[static_cast<std::size_t>(one.target)] += static_cast<float>(static_cast<double>(one.count) / (static_cast<double>(row.total) * trees));
  return static_cast<std::size_t>(std::ranges::max_element(sums) - sums.begin());
}

std::vector<ShareRow> all_rows(const std::vector<std::int64_t>& starts, const std::vector<std::int64_t>& shares, std::int64_t classes) {
  std::vector<ShareRow> rows;
  for (std::int64_t target = 0; target < classes; ++target) rows.push_back({.total = 1, .counts = {{.target = target, .count = 1}}});
  for (const std::int64_t start : starts) rows.push_back(share_row(shares, static_cast<std::size_t>(start)));
  return rows;
}

void eval(const OpView& op, Operands in, Outputs out) {
  const std::vector<ShareRow> rows = all_rows(in[starts_operand]->to_integers(), in[shares_operand]->to_integers(), op.integer("classes"));
  const std::vector<std::int64_t> leaves = in[0]->to_integers();
  const std::vector<std::int64_t> labels = op.has_in(labels_operand) ? in[labels_operand]->to_integers() : std::vector<std::int64_t>{};
  const auto trees = static_cast<std::size_t>(op.in(0).shape[1]);
  const auto written = out[0].as<std::int64_t>();
  for (std::size_t row = 0; row < written.size(); ++row) {
    const std::size_t position = class_of(rows, std::span(leaves).subspan(row * trees, trees), static_cast<std::size_t>(op.integer("classes")));
    written[row] = labels.empty() ? static_cast<std::int64_t>(position) : labels[position];
  }
}

Result<KernelCall> lower(const OpView& op, const Target& target) {
  const std::int64_t trees = op.in(0).shape[1], leaves = op.integer("classes") + op.in(starts_operand).shape[0];
  const std::vector<std::int64_t> starts = op.constant(starts_operand).to_integers(),
                                  shares = op.constant(shares_operand).to_integers();
  const bool short_sums = target_class(target) == TargetClass::avr && trees * whole_share <= 0xFFFF;
  return KernelCall{.header = "tree_share_labels",
                    .kernel = "tree_share_labels",
                    .fields = {{"rows", field(op.in(0).shape[0])},
                               {"trees", field(trees)},
                               {"classes", field(op.integer("classes"))},
                               {"guard", field(share_guard(trees, starts, shares))},
                               {"sum_bytes", field(short_sums ? 2 : 4)},
                               {"last_leaf", field(leaves - 1)},
                               {"limits_leaves", !packed_leaves_are_below(op, leaves)},
                               {"has_labels", op.has_in(labels_operand)}},
                    .operands = {op.node.inputs[0], op.node.inputs[starts_operand], op.node.inputs[shares_operand],
                                 op.has_in(labels_operand) ? op.node.inputs[labels_operand] : ValueId{}, op.node.outputs[0]}};
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
  const std::int64_t classes = rng.integer(2, most_share_classes), rows = rng.integer(1, 8);
  std::vector<std::int64_t> starts, shares, labels;
  for (std::int64_t row = 0; row < rows; ++row) {
    starts.push_back(static_cast<std::int64_t>(shares.size()));
    sample_row(rng, classes, shares);
  }
  for (std::int64_t label = 0; label < classes; ++label) labels.push_back(7 * label - 3);
  const auto list = [](DType dtype, const std::vector<std::int64_t>& values) {
    return integer_constant(dtype, shape_of({static_cast<std::int64_t>(values.size())}), values);
  };
  Sample sample{.attrs = {{"classes", classes}},
                .inputs = {{.type = {.dtype = rng.chance(2) ? DType::u8 : DType::u16, .shape = shape_of({rng.integer(1, 8), rng.integer(1, 20)})},
                            .low = 0.0F,
                            .high = static_cast<float>(classes + rows - 1)},
                           list(DType::u16, starts),
                           list(DType::u16, shares),
                           list(DType::s64, labels)}};
  sample.inputs[labels_operand].present = rng.chance(2);
  return sample;
}

constexpr OpDef family[] = {
    {.name = "TreeShareLabels",
     .summary = "label from the leaves of decision trees that hold shares of classes",
     .arity = {.min_in = 3, .max_in = 4},
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
