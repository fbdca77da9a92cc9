// TreeVotes: scores, and of a classifier the label, from the leaves that a row ends in.
//   leaves [N,T] u8, u16 or u32, at most R - 1         rows [R,W] f32 or f64: the weights of each leaf
//   tree_targets u8 or u16 [T]?                      with it W is 1: each tree has one target of its own; else W = targets
//   base_values [B]? of rows' type                   labels s64 [classes]?: what the label is for each class
// A weight of -0 says that the leaf has none for the target: adding it changes nothing, not even a sum of -0, which is
// where sums start. A target without any weight is thus told from one whose weights cancel.
// Sums are of rows' type, trees upwards; what follows is support/tree_scores.hpp.
#include <cmath>

#include "lib/ops/support/expect.hpp"
#include "lib/ops/support/expect_dtype.hpp"
#include "lib/ops/support/sampling.hpp"
#include "lib/ops/support/tree_leaves.hpp"
#include "lib/ops/support/tree_scores.hpp"
#include "lib/ops/support/types.hpp"

namespace mote::ops {
namespace {

constexpr AttrSpec flag(std::string_view name) {
  return {.name = name, .fallback = std::int64_t{0}, .lowest = 0, .highest = 1};
}
constexpr AttrSpec votes_attrs[] = {
    {.name = "aggregate", .fallback = std::int64_t{0}, .lowest = 0, .highest = 3},
    {.name = "classlabels_strings", .kind = AttrKind::text},
    flag("classifies"),
    flag("double_scores"),
    flag("no_negative_weight"),
    flag("one_class_weighted"),
    {.name = "post_transform", .fallback = std::int64_t{0}, .lowest = 0, .highest = 4},
    {.name = "targets", .required = true, .lowest = 1, .highest = 65535},
};

Status expect_vector(const OpView& op, std::size_t input, std::string_view role, std::initializer_list<DType> dtypes) {
  if (!op.has_in(input)) return Ok{};
  MOTE_TRY_STATUS(expect_dtype(op, input, role, dtypes));
  MOTE_TRY_STATUS(expect_constant(op, input, role));
  return expect_rank(op, input, role, 1, 1);
}

Status check_tree_targets(const OpView& op) {
  if (!op.has_in(2)) return Ok{};
  MOTE_TRY_STATUS(expect_shape(op, 2, "tree_targets", {op.in(0).shape[1]}));
  for (const std::int64_t target : op.constant(2).to_integers())
    if (target >= op.integer("targets")) return at(op, Code::shape_mismatch, "a tree has target " + std::to_string(target));
  return Ok{};
}

Status check_counts(const OpView& op) {
  const std::int64_t targets = op.integer("targets");
  const std::int64_t bases = op.has_in(3) ? op.in(3).shape[0] : 0;
  const bool classifies = op.integer("classifies") != 0;
  if (bases != 0 && bases != targets && !(classifies && targets == 2 && bases == 1))
    return at(op, Code::shape_mismatch, std::to_string(bases) + " base values for " + std::to_string(targets) + " scores");
  if (op.has_in(4) && op.in(4).shape[0] != std::max<std::int64_t>(2, targets))
    return at(op, Code::shape_mismatch, std::to_string(op.in(4).shape[0]) + " labels for " + std::to_string(targets) + " scores");
  if (op.in(0).shape[1] == 0 || op.in(1).shape[0] == 0)
    return at(op, Code::shape_mismatch, "there are no trees, or no rows of weights");
  return Ok{};
}

// The kernel computes all of them, so dead-code must leave them all: hence no upper limit in the arity.
Status check_results(const OpView& op) {
  const std::size_t results = op.integer("classifies") != 0 ? 2 : 1;
  if (op.node.outputs.size() == results) return Ok{};
  return at(op, Code::wrong_arity,
            std::to_string(op.node.outputs.size()) + " results, expected " + std::to_string(results));
}

Result<Types> infer(const OpView& op) {
  MOTE_TRY_STATUS(expect_dtype(op, 0, "leaves", {DType::u8, DType::u16, DType::u32}));
  MOTE_TRY_STATUS(expect_rank(op, 0, "leaves", 2, 2));
  MOTE_TRY_STATUS(expect_dtype(op, 1, "rows", {DType::f32, DType::f64}));
  MOTE_TRY_STATUS(expect_constant(op, 1, "rows"));
  MOTE_TRY_STATUS(expect_rank(op, 1, "rows", 2, 2));
  MOTE_TRY_STATUS(expect_shape(op, 1, "rows", {op.in(1).shape[0], op.has_in(2) ? 1 : op.integer("targets")}));
  MOTE_TRY_STATUS(expect_vector(op, 2, "tree_targets", {DType::u8, DType::u16}));
  MOTE_TRY_STATUS(expect_vector(op, 3, "base_values", {op.in(1).dtype}));
  MOTE_TRY_STATUS(expect_vector(op, 4, "labels", {DType::s64}));
  MOTE_TRY_STATUS(check_tree_targets(op));
  MOTE_TRY_STATUS(check_counts(op));
  MOTE_TRY_STATUS(check_results(op));
  const std::int64_t rows = op.in(0).shape[0];
  MOTE_TRY(TensorType scores, make_type(op, op.integer("double_scores") != 0 ? DType::f64 : DType::f32,
                                        {rows, op.integer("targets")}));
  if (op.integer("classifies") == 0) return Types{std::move(scores)};
  MOTE_TRY(TensorType labels, make_type(op, DType::s64, {rows}));
  return Types{std::move(labels), std::move(scores)};
}

ScoreRule rule_of(const OpView& op) {
  ScoreRule rule{.targets = op.integer("targets"),
                 .aggregate = static_cast<TreeAggregate>(op.integer("aggregate")),
                 .post_transform = static_cast<PostTransform>(op.integer("post_transform")),
                 .classifies = op.integer("classifies") != 0,
                 .one_class_weighted = op.integer("one_class_weighted") != 0,
                 .no_negative_weight = op.integer("no_negative_weight") != 0};
  if (op.has_in(3)) rule.base_values = op.constant(3).to_reals();
  return rule;
}

template <class T>
std::vector<TreeScore<T>> summed(const ScoreRule& rule, std::span<const std::int64_t> leaves, const Tensor& rows,
                                 const std::vector<std::int64_t>& tree_targets) {
  const auto weights = rows.as<T>();
  const auto width = static_cast<std::size_t>(rows.shape[1]);
  const std::int64_t last = std::max<std::int64_t>(rows.shape[0] - 1, 0);
  std::vector<TreeScore<T>> scores(static_cast<std::size_t>(rule.targets));
  for (std::size_t tree = 0; tree < leaves.size(); ++tree) {
    const T* row = weights.data() + static_cast<std::size_t>(std::min(leaves[tree], last)) * width;
    for (std::size_t i = 0; i < width; ++i) {
      const bool none = row[i] == T{0} && std::signbit(row[i]);
      const std::size_t target = tree_targets.empty() ? i : static_cast<std::size_t>(tree_targets[tree]);
      if (!none) add_weight(rule.aggregate, scores[target], row[i]);
    }
  }
  return scores;
}

template <class T, class F>
void run(const OpView& op, Operands in, Outputs out) {
  const ScoreRule rule = rule_of(op);
  const std::vector<std::int64_t> leaves = in[0]->to_integers();
  const std::vector<std::int64_t> tree_targets = op.has_in(2) ? in[2]->to_integers() : std::vector<std::int64_t>{};
  const std::vector<std::int64_t> labels = op.has_in(4) ? in[4]->to_integers() : std::vector<std::int64_t>{};
  const auto rows = static_cast<std::size_t>(op.in(0).shape[0]), trees = static_cast<std::size_t>(op.in(0).shape[1]);
  const auto targets = static_cast<std::size_t>(rule.targets);
  const auto y = out[rule.classifies ? 1 : 0].as<F>();
  for (std::size_t row = 0; row < rows; ++row) {
    auto scores = summed<T>(rule, std::span(leaves).subspan(row * trees, trees), *in[1], tree_targets);
    const std::size_t position = finish_scores<T, F>(rule, static_cast<std::int64_t>(trees), scores, y.subspan(row * targets, targets));
    if (!rule.classifies) continue;
    out[0].as<std::int64_t>()[row] = labels.empty() ? static_cast<std::int64_t>(position) : labels[position];
  }
}

void eval(const OpView& op, Operands in, Outputs out) {
  if (in[1]->dtype == DType::f32) return run<float, float>(op, in, out);
  if (out.back().dtype == DType::f32) return run<double, float>(op, in, out);
  run<double, double>(op, in, out);
}

Result<KernelCall> lower(const OpView& op, const Target&) {
  if (op.integer("double_scores") != 0 && op.integer("post_transform") != 0)
    return at(op, Code::unsupported_form, "scores in double precision have no kernel for a post_transform",
              {"give the ensemble float32 features"});
  const bool classifies = op.integer("classifies") != 0;
  const auto operand = [&](std::size_t i) { return op.has_in(i) ? op.node.inputs[i] : ValueId{}; };
  KernelCall call{.header = "tree_votes",
                  .kernel = classifies ? "tree_classes" : "tree_numbers",
                  .fields = {{"rows", field(op.in(0).shape[0])},
                             {"trees", field(op.in(0).shape[1])},
                             {"targets", field(op.integer("targets"))},
                             {"width", field(op.in(1).shape[1])},
                             {"base_values", field(op.has_in(3) ? op.in(3).shape[0] : 0)},
                             {"aggregate", field(op.integer("aggregate"))},
                             {"post_transform", field(op.integer("post_transform"))},
                             {"last_leaf", field(op.in(1).shape[0] - 1)},
                             {"limits_leaves", !packed_leaves_are_below(op, op.in(1).shape[0])}},
                  .operands = {operand(0), operand(1), operand(2), operand(3)}};
  if (classifies) {
    call.fields.insert(call.fields.end(), {{"one_class_weighted", op.integer("one_class_weighted") != 0},
                                           {"no_negative_weight", op.integer("no_negative_weight") != 0},
                                           {"has_labels", op.has_in(4)}});
    call.operands.push_back(operand(4));
  }
  for (const ValueId output : op.node.outputs) call.operands.push_back(output);
  return call;
}

Sample::Input sample_weights(Rng& rng, std::int64_t rows, std::int64_t width) {
  Sample::Input input{.type = {.dtype = rng.chance(3) ? DType::f64 : DType::f32, .shape = shape_of({rows, width})}};
  input.constant = Tensor::zeros(input.type.dtype, input.type.shape);
  for (std::int64_t i = 0; i < rows * width; ++i) {
    const double weight = rng.chance(4) ? -0.0 : static_cast<double>(rng.integer(-16, 16)) * 0.125 + 0.0;
    if (input.type.dtype == DType::f32)
      input.constant->as<float>()[static_cast<std::size_t>(i)] = static_cast<float>(weight);
    else
      input.constant->as<double>()[static_cast<std::size_t>(i)] = weight;
  }
  return input;
}

Sample sample(Rng& rng) {
  const std::int64_t trees = rng.integer(1, 5), targets = rng.integer(1, 4), leaves = rng.integer(1, 9);
  const bool own_targets = rng.chance(3), classifies = rng.chance(2);
  std::vector<std::int64_t> tree_targets, labels;
  for (std::int64_t tree = 0; tree < trees; ++tree) tree_targets.push_back(rng.integer(0, targets - 1));
  for (std::int64_t label = 0; label < std::max<std::int64_t>(targets, 2); ++label) labels.push_back(7 * label - 3);
  const auto list = [](DType dtype, const std::vector<std::int64_t>& values) {
    return integer_constant(dtype, shape_of({static_cast<std::int64_t>(values.size())}), values);
  };
  Sample sample{.attrs = {{"targets", targets},
                          {"classifies", std::int64_t{classifies}},
                          {"aggregate", classifies ? std::int64_t{0} : rng.integer(0, 3)},
                          {"post_transform", rng.integer(0, 3)},
                          {"one_class_weighted", std::int64_t{targets == 2 && rng.chance(2)}},
                          {"no_negative_weight", rng.integer(0, 1)}},
                .inputs = {{.type = {.dtype = DType::u8, .shape = shape_of({rng.integer(1, 4), trees})},
                            .low = 0.0F,
                            .high = static_cast<float>(leaves - 1)},
                           sample_weights(rng, leaves, own_targets ? 1 : targets),
                           list(DType::u8, tree_targets),
                           sample_weights(rng, targets, 1),
                           list(DType::s64, labels)},
                .outputs = classifies ? std::size_t{2} : std::size_t{1}};
  sample.inputs[3].type = {.dtype = sample.inputs[1].type.dtype, .shape = shape_of({targets})};
  sample.inputs[3].constant = convert(*sample.inputs[3].constant, sample.inputs[1].type.dtype);
  sample.inputs[3].constant->shape = sample.inputs[3].type.shape;
  sample.inputs[2].present = own_targets;
  sample.inputs[3].present = rng.chance(2);
  sample.inputs[4].present = classifies && rng.chance(2);
  return sample;
}

constexpr OpDef family[] = {
    {.name = "TreeVotes",
     .summary = "scores and label from the leaves of decision trees",
     .arity = {.min_in = 2, .max_in = 5, .min_out = 1, .max_out = 255},
     .attrs = votes_attrs,
     .infer = infer,
     .eval = eval,
     .lower = lower,
     .sample = sample},
};

}  // namespace

std::span<const OpDef> tree_votes_ops();
std::span<const OpDef> tree_votes_ops() { return family; }

}  // namespace mote::ops
