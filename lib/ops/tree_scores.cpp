// TreeScores: scores, and of a classifier the label, from sums over decision trees.
//   sums [N,S] u8 or u16 (votes) or f32: S is targets, or 1, and then the other targets than `only_target` have no weight
//   vote_values f32 [most votes + 1]?: what a number of votes amounts to; there if the sums are votes (more are the most)
//   base_values f32 [B]?                             labels s64 [classes]?: what the label is for each class
// A float sum of -0 is a target without any weight. What becomes of the sums is support/tree_scores.hpp. With `classifies`
// the label comes first; with `labels_only` nothing else, and what decides is a comparison of sums that are not negative:
// of one sum whether it is above `limit` (of a float: its bits), of several which is the first largest.
#include <algorithm>
#include <bit>
#include <cmath>

#include "lib/ops/support/expect.hpp"
#include "lib/ops/support/expect_dtype.hpp"
#include "lib/ops/support/sampling.hpp"
#include "lib/ops/support/tree_scores.hpp"
#include "lib/ops/support/types.hpp"

namespace mote::ops {
namespace {

constexpr AttrSpec flag(std::string_view name) {
  return {.name = name, .fallback = std::int64_t{0}, .lowest = 0, .highest = 1};
}
constexpr AttrSpec scores_attrs[] = {
    {.name = "aggregate", .fallback = std::int64_t{0}, .lowest = 0, .highest = 1},
    {.name = "classlabels_strings", .kind = AttrKind::text},
    flag("classifies"),
    flag("labels_only"),
    {.name = "limit", .fallback = std::int64_t{0}, .lowest = 0, .highest = 2147483647},
    flag("no_negative_weight"),
    flag("one_class_weighted"),
    {.name = "only_target", .fallback = std::int64_t{0}, .lowest = 0, .highest = 65535},
    {.name = "post_transform", .fallback = std::int64_t{0}, .lowest = 0, .highest = 4},
    {.name = "targets", .required = true, .lowest = 1, .highest = 65535},
    {.name = "trees", .required = true, .lowest = 1},
};
constexpr std::size_t votes_operand = 1, base_operand = 2, labels_operand = 3;

Status expect_list(const OpView& op, std::size_t input, std::string_view role, DType dtype) {
  if (!op.has_in(input)) return Ok{};
  MOTE_TRY_STATUS(expect_dtype(op, input, role, {dtype}));
  MOTE_TRY_STATUS(expect_constant(op, input, role));
  return expect_rank(op, input, role, 1, 1);
}

Status check_sums(const OpView& op) {
  MOTE_TRY_STATUS(expect_dtype(op, 0, "sums", {DType::u8, DType::u16, DType::f32}));
  MOTE_TRY_STATUS(expect_rank(op, 0, "sums", 2, 2));
  const std::int64_t targets = op.integer("targets"), sums = op.in(0).shape[1];
  if (sums != targets && (sums != 1 || op.integer("only_target") >= targets))
    return at(op, Code::shape_mismatch, std::to_string(sums) + " sums for " + std::to_string(targets) + " scores");
  if (op.integer("labels_only") == 0 && op.has_in(votes_operand) == is_float(op.in(0).dtype))
    return at(op, Code::shape_mismatch, "votes, and only they, need 'vote_values'");
  return Ok{};
}

Status check_counts(const OpView& op) {
  const std::int64_t targets = op.integer("targets");
  const std::int64_t bases = op.has_in(base_operand) ? op.in(base_operand).shape[0] : 0;
  const bool classifies = op.integer("classifies") != 0;
  if (bases != 0 && bases != targets && !(classifies && targets == 2 && bases == 1))
    return at(op, Code::shape_mismatch, std::to_string(bases) + " base values for " + std::to_string(targets) + " scores");
  if (op.has_in(labels_operand) && op.in(labels_operand).shape[0] != std::max<std::int64_t>(2, targets))
    return at(op, Code::shape_mismatch,
              std::to_string(op.in(labels_operand).shape[0]) + " labels for " + std::to_string(targets) + " scores");
  if (op.integer("labels_only") != 0 && !classifies)
    return at(op, Code::attribute_range, "'labels_only' is for classifiers");
  return Ok{};
}

// The kernel computes all of them, so dead-code must leave them all: hence no upper limit in the arity.
std::size_t results_of(const OpView& op) {
  return op.integer("classifies") != 0 && op.integer("labels_only") == 0 ? 2 : 1;
}

Result<Types> infer(const OpView& op) {
  MOTE_TRY_STATUS(check_sums(op));
  MOTE_TRY_STATUS(expect_list(op, votes_operand, "vote_values", DType::f32));
  MOTE_TRY_STATUS(expect_list(op, base_operand, "base_values", DType::f32));
  MOTE_TRY_STATUS(expect_list(op, labels_operand, "labels", DType::s64));
  MOTE_TRY_STATUS(check_counts(op));
  if (op.node.outputs.size() != results_of(op))
    return at(op, Code::wrong_arity, std::to_string(op.node.outputs.size()) + " results, expected " +
                                         std::to_string(results_of(op)));
  const std::int64_t rows = op.in(0).shape[0];
  Types types;
  if (op.integer("classifies") != 0) {
    MOTE_TRY(TensorType labels, make_type(op, DType::s64, {rows}));
    types.push_back(std::move(labels));
  }
  if (op.integer("labels_only") == 0) {
    MOTE_TRY(TensorType scores, make_type(op, DType::f32, {rows, op.integer("targets")}));
    types.push_back(std::move(scores));
  }
  return types;
}

ScoreRule rule_of(const OpView& op) {
  ScoreRule rule{.targets = op.integer("targets"),
                 .aggregate = static_cast<TreeAggregate>(op.integer("aggregate")),
                 .post_transform = static_cast<PostTransform>(op.integer("post_transform")),
                 .classifies = op.integer("classifies") != 0,
                 .one_class_weighted = op.integer("one_class_weighted") != 0,
                 .no_negative_weight = op.integer("no_negative_weight") != 0};
  if (op.has_in(base_operand)) rule.base_values = op.constant(base_operand).to_reals();
  return rule;
}

template <class T>
void run(const OpView& op, Operands in, Outputs out) {
  const ScoreRule rule = rule_of(op);
  const std::vector<double> sums = in[0]->to_reals();
  const std::vector<double> vote_values = op.has_in(votes_operand) ? in[votes_operand]->to_reals() : std::vector<double>{};
  const std::vector<std::int64_t> labels =
      op.has_in(labels_operand) ? in[labels_operand]->to_integers() : std::vector<std::int64_t>{};
  const auto targets = static_cast<std::size_t>(rule.targets), width = static_cast<std::size_t>(op.in(0).shape[1]);
  const auto first = width == targets ? std::size_t{0} : static_cast<std::size_t>(op.integer("only_target"));
  const std::size_t most = vote_values.empty() ? 0 : vote_values.size() - 1;
  for (std::size_t row = 0; row < static_cast<std::size_t>(op.in(0).shape[0]); ++row) {
    std::vector<TreeScore<T>> scores(targets);
    for (std::size_t i = 0; i < width; ++i) {
      const double sum = sums[row * width + i];
      const double value = vote_values.empty() ? sum : vote_values[std::min(most, static_cast<std::size_t>(sum))];
      if (value != 0 || !std::signbit(value)) scores[first + i] = {static_cast<T>(value), true};
    }
    const std::size_t position = finish_scores<T, T>(rule, op.integer("trees"), scores,
                                                     out.back().as<T>().subspan(row * targets, targets));
    if (rule.classifies)
      out[0].as<std::int64_t>()[row] = labels.empty() ? static_cast<std::int64_t>(position) : labels[position];
  }
}

// In single precision, whatever the interpreter computes in: the limit is one of that.
std::vector<std::int64_t> sum_orders(const Tensor& sums) {
  if (!is_float(sums.dtype)) return sums.to_integers();
  std::vector<std::int64_t> orders;
  for (const double sum : sums.to_reals()) orders.push_back(std::bit_cast<std::uint32_t>(static_cast<float>(sum)));
  return orders;
}

void run_labels(const OpView& op, Operands in, Tensor& out) {
  const std::vector<std::int64_t> orders = sum_orders(*in[0]);
  const std::vector<std::int64_t> labels =
      op.has_in(labels_operand) ? in[labels_operand]->to_integers() : std::vector<std::int64_t>{};
  const std::int64_t width = op.in(0).shape[1];
  for (std::int64_t row = 0; row < op.in(0).shape[0]; ++row) {
    const auto first = orders.begin() + row * width;
    const std::int64_t position = width == 1 ? (*first > op.integer("limit") ? 1 : 0) : std::max_element(first, first + width) - first;
    out.as<std::int64_t>()[static_cast<std::size_t>(row)] =
        labels.empty() ? position : labels[static_cast<std::size_t>(position)];
  }
}

void eval(const OpView& op, Operands in, Outputs out) {
  if (op.integer("labels_only") != 0) return run_labels(op, in, out[0]);
  if (out.back().dtype == DType::f32) return run<float>(op, in, out);
  run<double>(op, in, out);
}

KernelCall labels_call(const OpView& op) {
  return {.header = "tree_scores",
          .kernel = "tree_labels",
          .fields = {{"rows", field(op.in(0).shape[0])},
                     {"sum_targets", field(op.in(0).shape[1])},
                     {"limit", field(op.integer("limit"))},
                     {"has_labels", op.has_in(labels_operand)}},
          .operands = {op.node.inputs[0], op.has_in(labels_operand) ? op.node.inputs[labels_operand] : ValueId{},
                       op.node.outputs[0]}};
}

Result<KernelCall> lower(const OpView& op, const Target&) {
  if (op.integer("labels_only") != 0) return labels_call(op);
  const bool classifies = op.integer("classifies") != 0;
  const auto operand = [&](std::size_t i) { return op.has_in(i) ? op.node.inputs[i] : ValueId{}; };
  const bool single = op.in(0).shape[1] != op.integer("targets");
  KernelCall call{.header = "tree_scores",
                  .kernel = classifies ? "tree_class_scores" : "tree_number_scores",
                  .fields = {{"rows", field(op.in(0).shape[0])},
                             {"trees", field(op.integer("trees"))},
                             {"targets", field(op.integer("targets"))},
                             {"sum_targets", field(op.in(0).shape[1])},
                             {"only_target", field(single ? op.integer("only_target") : 0)},
                             {"most_votes", field(op.has_in(votes_operand) ? op.in(votes_operand).shape[0] - 1 : 0)},
                             {"base_values", field(op.has_in(base_operand) ? op.in(base_operand).shape[0] : 0)},
                             {"aggregate", field(op.integer("aggregate"))},
                             {"post_transform", field(op.integer("post_transform"))}},
                  .operands = {operand(0), operand(votes_operand), operand(base_operand)}};
  if (classifies) {
    call.fields.insert(call.fields.end(), {{"one_class_weighted", op.integer("one_class_weighted") != 0},
                                           {"no_negative_weight", op.integer("no_negative_weight") != 0},
                                           {"has_labels", op.has_in(labels_operand)}});
    call.operands.push_back(operand(labels_operand));
  }
  for (const ValueId output : op.node.outputs) call.operands.push_back(output);
  return call;
}

Sample::Input reals(Rng& rng, std::int64_t count, bool present) {
  Sample::Input input{.type = {.dtype = DType::f32, .shape = shape_of({count})}};
  input.constant = Tensor::zeros(DType::f32, input.type.shape);
  for (float& value : input.constant->as<float>()) value = rng.real(-2.0F, 2.0F);
  input.present = present;
  return input;
}

Sample sample(Rng& rng) {
  const std::int64_t targets = rng.integer(1, 4), trees = rng.integer(1, 5);
  const bool classifies = rng.chance(2), labels_only = classifies && targets > 1 && rng.chance(2), votes = rng.chance(2);
  const bool single = targets == 2 && classifies && rng.chance(2);
  std::vector<std::int64_t> labels;
  for (std::int64_t label = 0; label < std::max<std::int64_t>(targets, 2); ++label) labels.push_back(7 * label - 3);
  Sample::Input sums{.type = {.dtype = votes ? DType::u8 : DType::f32, .shape = shape_of({rng.integer(1, 4), single ? 1 : targets})},
                     .low = labels_only || votes ? 0.0F : -4.0F,
                     .high = static_cast<float>(trees)};
  Sample::Input label_list = integer_constant(DType::s64, shape_of({static_cast<std::int64_t>(labels.size())}), labels);
  label_list.present = classifies && rng.chance(2);
  return {.attrs = {{"targets", targets},
                    {"trees", trees},
                    {"classifies", std::int64_t{classifies}},
                    {"labels_only", std::int64_t{labels_only}},
                    {"limit", votes ? rng.integer(0, trees) : std::int64_t{0x3F000000}},
                    {"aggregate", classifies ? std::int64_t{0} : rng.integer(0, 1)},
                    {"post_transform", rng.integer(0, 3)},
                    {"only_target", std::int64_t{single && rng.chance(2)}},
                    {"one_class_weighted", std::int64_t{single}},
                    {"no_negative_weight", rng.integer(0, 1)}},
          .inputs = {std::move(sums), reals(rng, trees + 1, votes && !labels_only), reals(rng, targets, !labels_only && rng.chance(2)),
                     std::move(label_list)},
          .outputs = classifies && !labels_only ? std::size_t{2} : std::size_t{1}};
}

constexpr OpDef family[] = {
    {.name = "TreeScores",
     .summary = "scores and label from sums over decision trees",
     .arity = {.min_in = 1, .max_in = 4, .min_out = 1, .max_out = 255},
     .attrs = scores_attrs,
     .infer = infer,
     .eval = eval,
     .lower = lower,
     .sample = sample},
};

}  // namespace

std::span<const OpDef> tree_scores_ops();
std::span<const OpDef> tree_scores_ops() { return family; }

}  // namespace mote::ops
