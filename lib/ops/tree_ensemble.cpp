// TreeEnsembleClassifier, TreeEnsembleRegressor (ai.onnx.ml 1..5) and TreeEnsemble (5): the reference semantics, a walk
// from root to leaf through the model's own nodes, and sums in the order of the trees. What ONNX leaves open is decided
// as ONNX Runtime does, see support/tree_scores.hpp. Features that are integers are compared as float32.
// The pass lower-trees turns them into OrderFeatures or RankFeatures, TreeLeaves and TreeVotes.
#include <array>

#include "lib/ops/support/expect_dtype.hpp"
#include "lib/ops/support/sampling.hpp"
#include "lib/ops/support/tree_ensemble.hpp"
#include "lib/ops/support/tree_scores.hpp"
#include "lib/ops/support/types.hpp"

namespace mote::ops {
namespace {

constexpr AttrSpec integers_named(std::string_view name) { return {.name = name, .kind = AttrKind::integers}; }
constexpr AttrSpec reals_named(std::string_view name) { return {.name = name, .kind = AttrKind::reals}; }
constexpr AttrSpec literal_named(std::string_view name) { return {.name = name, .kind = AttrKind::literal}; }
constexpr AttrSpec text_named(std::string_view name, std::string_view fallback) {
  return {.name = name, .kind = AttrKind::text, .fallback = fallback};
}

constexpr AttrSpec classifier_attrs[] = {reals_named("base_values"),
                                         literal_named("base_values_as_tensor"),
                                         integers_named("class_ids"),
                                         integers_named("class_nodeids"),
                                         integers_named("class_treeids"),
                                         reals_named("class_weights"),
                                         literal_named("class_weights_as_tensor"),
                                         integers_named("classlabels_int64s"),
                                         {.name = "classlabels_strings", .kind = AttrKind::text},
                                         integers_named("nodes_falsenodeids"),
                                         integers_named("nodes_featureids"),
                                         reals_named("nodes_hitrates"),
                                         literal_named("nodes_hitrates_as_tensor"),
                                         integers_named("nodes_missing_value_tracks_true"),
                                         {.name = "nodes_modes", .kind = AttrKind::text},
                                         integers_named("nodes_nodeids"),
                                         integers_named("nodes_treeids"),
                                         integers_named("nodes_truenodeids"),
                                         reals_named("nodes_values"),
                                         literal_named("nodes_values_as_tensor"),
                                         text_named("post_transform", "NONE")};

constexpr AttrSpec regressor_attrs[] = {text_named("aggregate_function", "SUM"),
                                        reals_named("base_values"),
                                        literal_named("base_values_as_tensor"),
                                        {.name = "n_targets"},
                                        integers_named("nodes_falsenodeids"),
                                        integers_named("nodes_featureids"),
                                        reals_named("nodes_hitrates"),
                                        literal_named("nodes_hitrates_as_tensor"),
                                        integers_named("nodes_missing_value_tracks_true"),
                                        {.name = "nodes_modes", .kind = AttrKind::text},
                                        integers_named("nodes_nodeids"),
                                        integers_named("nodes_treeids"),
                                        integers_named("nodes_truenodeids"),
                                        reals_named("nodes_values"),
                                        literal_named("nodes_values_as_tensor"),
                                        text_named("post_transform", "NONE"),
                                        integers_named("target_ids"),
                                        integers_named("target_nodeids"),
                                        integers_named("target_treeids"),
                                        reals_named("target_weights"),
                                        literal_named("target_weights_as_tensor")};

constexpr AttrSpec ensemble_attrs[] = {
    {.name = "aggregate_function", .fallback = std::int64_t{1}, .lowest = 0, .highest = 3},
    integers_named("leaf_targetids"),
    literal_named("leaf_weights"),
    literal_named("membership_values"),
    {.name = "n_targets", .required = true, .lowest = 1, .highest = 65535},
    integers_named("nodes_falseleafs"),
    integers_named("nodes_falsenodeids"),
    integers_named("nodes_featureids"),
    literal_named("nodes_hitrates"),
    integers_named("nodes_missing_value_tracks_true"),
    literal_named("nodes_modes"),
    literal_named("nodes_splits"),
    integers_named("nodes_trueleafs"),
    integers_named("nodes_truenodeids"),
    {.name = "post_transform", .fallback = std::int64_t{0}, .lowest = 0, .highest = 4},
    integers_named("tree_roots")};

// Statistics of the training, which mean nothing for the result.
void adapt(std::int64_t, Attrs& attrs) {
  attrs.erase("nodes_hitrates");
  attrs.erase("nodes_hitrates_as_tensor");
}

struct Rows {
  std::int64_t count = 1, features = 0;
};
Rows rows_of(const Shape& shape) {
  return {.count = shape.rank() == 2 ? shape[0] : 1, .features = shape[shape.rank() - 1]};
}

Result<Types> infer(const OpView& op) {
  MOTE_TRY_STATUS(expect_dtype(op, 0, "X", {DType::f32, DType::f64, DType::s32, DType::s64}));
  const Shape& shape = op.in(0).shape;
  if (shape.rank() != 1 && shape.rank() != 2)
    return at(op, Code::shape_mismatch, "input 'X' is " + shape.text() + ", expected rows of features");
  MOTE_TRY(const TreeEnsemble ensemble, tree_ensemble_of(op));
  const std::int64_t rows = rows_of(shape).count;
  MOTE_TRY(Shape scores, make_shape(op, {rows, ensemble.rule.targets}));
  const bool keeps_double = op.node.op->name == "TreeEnsemble" && op.in(0).dtype == DType::f64;
  TensorType score_type{.dtype = keeps_double ? DType::f64 : DType::f32, .shape = std::move(scores)};
  if (!ensemble.rule.classifies) return Types{std::move(score_type)};
  MOTE_TRY(Shape labels, make_shape(op, {rows}));
  return Types{{.dtype = DType::s64, .shape = std::move(labels)}, std::move(score_type)};
}

// Features as ONNX Runtime compares them: integers become float32.
std::vector<double> features_of(const Tensor& x) {
  std::vector<double> values = x.to_reals();
  if (!is_float(x.dtype))
    for (double& value : values) value = static_cast<double>(static_cast<float>(value));
  return values;
}

template <class T, class F>
void run(const OpView& op, Operands in, Outputs out) {
  const Result<TreeEnsemble> read = tree_ensemble_of(op);
  MOTE_CHECK(bool{read});
  const TreeEnsemble& ensemble = *read;
  const std::vector<double> x = features_of(*in[0]);
  const Rows rows = rows_of(op.in(0).shape);
  const auto targets = static_cast<std::size_t>(ensemble.rule.targets);
  // A model may leave out either result of a classifier.
  const std::size_t place = ensemble.rule.classifies ? 1 : 0;
  const bool gives_scores = place < out.size() && op.node.outputs[place];
  const bool gives_labels = ensemble.rule.classifies && op.node.outputs[0];
  std::vector<F> unread(gives_scores ? 0 : static_cast<std::size_t>(rows.count) * targets);
  const std::span<F> y = gives_scores ? out[place].as<F>() : std::span<F>(unread);
  for (std::size_t row = 0; row < static_cast<std::size_t>(rows.count); ++row) {
    const double* features = x.data() + row * static_cast<std::size_t>(rows.features);
    std::vector<TreeScore<T>> scores(targets);
    for (const std::uint32_t root : ensemble.roots) {
      const TreeNode& leaf = leaf_of(ensemble, root, [&](std::uint32_t feature) { return features[feature]; });
      for (std::uint32_t i = leaf.first_weight; i < leaf.first_weight + leaf.weights; ++i)
        add_weight(ensemble.rule.aggregate, scores[ensemble.weights[i].target], static_cast<T>(ensemble.weights[i].value));
    }
    const std::size_t position = finish_scores<T, F>(ensemble.rule, static_cast<std::int64_t>(ensemble.roots.size()),
                                                     scores, y.subspan(row * targets, targets));
    if (gives_labels) out[0].as<std::int64_t>()[row] = ensemble.labels[position];
  }
}

void eval(const OpView& op, Operands in, Outputs out) {
  const bool double_scores = out.back().dtype == DType::f64;
  const bool double_sums = double_scores || op.in(0).dtype == DType::f64;
  if (double_scores)
    run<double, double>(op, in, out);
  else if (double_sums)
    run<double, float>(op, in, out);
  else
    run<float, float>(op, in, out);
}

// Complete binary trees, nodes numbered as in a heap. Weights are eighths, so that every order of sums is exact.
struct SampledTrees {
  std::vector<std::int64_t> trees, nodes, features, yes, no, missing;
  std::vector<float> values, weights;
  std::vector<std::int64_t> weight_trees, weight_nodes, weight_targets;
  std::string modes;
};

void add_sampled_leaf(Rng& rng, std::int64_t tree, std::int64_t node, std::int64_t targets, SampledTrees& trees) {
  for (std::int64_t target = 0; target < targets; ++target) {
    if (target > 0 && rng.chance(3)) continue;
    trees.weight_trees.push_back(tree);
    trees.weight_nodes.push_back(node);
    trees.weight_targets.push_back(target);
    trees.weights.push_back(static_cast<float>(rng.integer(-16, 16)) * 0.125F);
  }
}

SampledTrees sample_trees(Rng& rng, std::int64_t features, std::int64_t targets) {
  constexpr std::array<std::string_view, 6> modes{"BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE",
                                                  "BRANCH_GT",  "BRANCH_EQ", "BRANCH_NEQ"};
  SampledTrees trees;
  const std::int64_t count = rng.integer(1, 4);
  for (std::int64_t tree = 0; tree < count; ++tree) {
    const std::int64_t decisions = (std::int64_t{1} << rng.integer(0, 3)) - 1;
    for (std::int64_t node = 0; node < 2 * decisions + 1; ++node) {
      const bool leaf = node >= decisions;
      trees.trees.push_back(tree);
      trees.nodes.push_back(node);
      trees.features.push_back(leaf ? 0 : rng.integer(0, features - 1));
      trees.yes.push_back(leaf ? 0 : 2 * node + 1);
      trees.no.push_back(leaf ? 0 : 2 * node + 2);
      trees.missing.push_back(leaf ? 0 : rng.integer(0, 1));
      trees.values.push_back(leaf ? 0.0F : static_cast<float>(rng.integer(-3, 3)));
      trees.modes += (trees.modes.empty() ? "" : ",") +
                     std::string(leaf ? "LEAF" : modes[static_cast<std::size_t>(rng.integer(0, 5))]);
      if (leaf) add_sampled_leaf(rng, tree, node, targets, trees);
    }
  }
  return trees;
}

Attrs node_attributes(const SampledTrees& trees) {
  return {{"nodes_treeids", trees.trees},    {"nodes_nodeids", trees.nodes},
          {"nodes_featureids", trees.features}, {"nodes_truenodeids", trees.yes},
          {"nodes_falsenodeids", trees.no},  {"nodes_missing_value_tracks_true", trees.missing},
          {"nodes_values", trees.values},    {"nodes_modes", trees.modes}};
}

Sample::Input sample_rows(Rng& rng, std::int64_t features) {
  return {.type = {.dtype = DType::f32, .shape = shape_of({rng.integer(1, 5), features})}, .low = -4.0F, .high = 4.0F};
}

Sample sample_classifier(Rng& rng) {
  const std::int64_t features = rng.integer(1, 4), classes = rng.integer(2, 4);
  const bool one_weighted = classes == 2 && rng.chance(2);
  const SampledTrees trees = sample_trees(rng, features, one_weighted ? 1 : classes);
  Attrs attrs = node_attributes(trees);
  attrs["class_treeids"] = trees.weight_trees;
  attrs["class_nodeids"] = trees.weight_nodes;
  attrs["class_ids"] = trees.weight_targets;
  attrs["class_weights"] = trees.weights;
  std::vector<std::int64_t> labels;
  for (std::int64_t label = 0; label < classes; ++label) labels.push_back(10 - 3 * label);
  attrs["classlabels_int64s"] = labels;
  constexpr std::array<std::string_view, 3> transforms{"NONE", "SOFTMAX", "LOGISTIC"};
  attrs["post_transform"] = std::string(transforms[static_cast<std::size_t>(rng.integer(0, 2))]);
  return {.attrs = std::move(attrs), .inputs = {sample_rows(rng, features)}, .outputs = 2};
}

Sample sample_regressor(Rng& rng) {
  const std::int64_t features = rng.integer(1, 4), targets = rng.integer(1, 3);
  const SampledTrees trees = sample_trees(rng, features, targets);
  Attrs attrs = node_attributes(trees);
  attrs["target_treeids"] = trees.weight_trees;
  attrs["target_nodeids"] = trees.weight_nodes;
  attrs["target_ids"] = trees.weight_targets;
  attrs["target_weights"] = trees.weights;
  attrs["n_targets"] = targets;
  constexpr std::array<std::string_view, 4> aggregates{"SUM", "AVERAGE", "MIN", "MAX"};
  attrs["aggregate_function"] = std::string(aggregates[static_cast<std::size_t>(rng.integer(0, 3))]);
  return {.attrs = std::move(attrs), .inputs = {sample_rows(rng, features)}};
}

template <class T>
Literal list_literal(DType dtype, const std::vector<T>& values) {
  Tensor tensor = Tensor::zeros(dtype, shape_of({static_cast<std::int64_t>(values.size())}));
  std::ranges::copy(values, tensor.as<T>().begin());
  return {.type = {.dtype = dtype, .shape = tensor.shape}, .data = std::make_shared<const Bytes>(std::move(tensor.bytes))};
}

// One tree: a member test whose `no` is a comparison.
Sample sample_ensemble(Rng& rng) {
  const float not_a_number = std::numeric_limits<float>::quiet_NaN();
  Attrs attrs{{"n_targets", std::int64_t{2}},
              {"nodes_featureids", std::vector<std::int64_t>{0, 1}},
              {"nodes_truenodeids", std::vector<std::int64_t>{0, 1}},
              {"nodes_falsenodeids", std::vector<std::int64_t>{1, 2}},
              {"nodes_trueleafs", std::vector<std::int64_t>{1, 1}},
              {"nodes_falseleafs", std::vector<std::int64_t>{0, 1}},
              {"nodes_modes", list_literal<std::uint8_t>(DType::u8, {6, static_cast<std::uint8_t>(rng.integer(0, 5))})},
              {"nodes_splits", list_literal<float>(DType::f32, {0.0F, static_cast<float>(rng.integer(-2, 2))})},
              {"membership_values", list_literal<float>(DType::f32, {1.0F, -2.0F, 3.0F, not_a_number})},
              {"leaf_targetids", std::vector<std::int64_t>{0, 1, 0}},
              {"leaf_weights", list_literal<float>(DType::f32, {0.5F, 1.25F, -2.0F})},
              {"tree_roots", std::vector<std::int64_t>{0}},
              {"aggregate_function", rng.integer(0, 3)}};
  return {.attrs = std::move(attrs), .inputs = {sample_rows(rng, 2)}};
}

constexpr OpDef family[] = {
    {.name = "TreeEnsembleClassifier",
     .summary = "classes and their scores by decision trees",
     .onnx = {.name = "TreeEnsembleClassifier", .domain = "ai.onnx.ml", .since = 1, .until = 5},
     .arity = {.min_out = 1, .max_out = 2},
     .attrs = classifier_attrs,
     .adapt = adapt,
     .infer = infer,
     .eval = eval,
     .sample = sample_classifier},
    {.name = "TreeEnsembleRegressor",
     .summary = "numbers by decision trees",
     .onnx = {.name = "TreeEnsembleRegressor", .domain = "ai.onnx.ml", .since = 1, .until = 5},
     .attrs = regressor_attrs,
     .adapt = adapt,
     .infer = infer,
     .eval = eval,
     .sample = sample_regressor},
    {.name = "TreeEnsemble",
     .summary = "numbers by decision trees, with tests for membership",
     .onnx = {.name = "TreeEnsemble", .domain = "ai.onnx.ml", .since = 5, .until = 5},
     .attrs = ensemble_attrs,
     .adapt = adapt,
     .infer = infer,
     .eval = eval,
     .sample = sample_ensemble},
};

}  // namespace

std::span<const OpDef> tree_ensemble_ops();
std::span<const OpDef> tree_ensemble_ops() { return family; }

}  // namespace mote::ops
