// SVMRegressor, SVMClassifier (ai.onnx.ml 1), defined by the kernel between the features and the support vectors
// (support/support_vectors.hpp) and linear functions of it. What ONNX leaves open is as in ONNX Runtime:
//   regressor   y = sum of coefficients_i K(x, v_i) + rho; with one_class 1 where that is positive, else -1. No
//               transformation, whatever post_transform says. n_supports = 0: linear in the features
//   classifier  for each pair of classes i < j in the order (0,1), (0,2), …, (1,2), …: s = sum over the vectors of i and of
//               j + rho; i gets a vote where s > 0, else j; the label is the first class with the most votes.
//               Scores: with prob_a, prob_b the classes' probabilities (PairwiseCoupling of 1 - sigmoid(s a + b)), else
//               one s per pair; for two classes (-s, s), its sigmoids with LOGISTIC, (1 - s, s) with another post_transform
//   without vectors (vectors_per_class empty): one score per class, linear in the features, plus rho[0]. Of two classes
//               the second where the larger score is positive, or at least 0.5 if no coefficient is negative
#include <algorithm>
#include <array>
#include <numeric>

#include "lib/ops/support/expanded.hpp"
#include "lib/ops/support/expect_dtype.hpp"
#include "lib/ops/support/feature_rows.hpp"
#include "lib/ops/support/model_attributes.hpp"
#include "lib/ops/support/model_scores.hpp"
#include "lib/ops/support/real_form.hpp"
#include "lib/ops/support/sampling.hpp"
#include "lib/ops/support/support_vectors.hpp"
#include "lib/ops/support/tree_attributes.hpp"

namespace mote::ops {
namespace {

using Ref = Expansion::Ref;

constexpr AttrSpec coefficients_attr{.name = "coefficients", .kind = AttrKind::reals, .required = true};
constexpr AttrSpec parameters_attr{.name = "kernel_params", .kind = AttrKind::reals};
constexpr AttrSpec kernel_attr{.name = "kernel_type", .kind = AttrKind::text, .fallback = std::string_view("LINEAR")};
constexpr AttrSpec transform_attr{.name = "post_transform", .kind = AttrKind::text, .fallback = std::string_view("NONE")};
constexpr AttrSpec rho_attr{.name = "rho", .kind = AttrKind::reals, .required = true};
constexpr AttrSpec vectors_attr{.name = "support_vectors", .kind = AttrKind::reals};
constexpr AttrSpec classifier_attrs[] = {{.name = "classlabels_ints", .kind = AttrKind::integers},
                                         {.name = "classlabels_strings", .kind = AttrKind::text},
                                         coefficients_attr,
                                         parameters_attr,
                                         kernel_attr,
                                         transform_attr,
                                         {.name = "prob_a", .kind = AttrKind::reals},
                                         {.name = "prob_b", .kind = AttrKind::reals},
                                         rho_attr,
                                         vectors_attr,
                                         {.name = "vectors_per_class", .kind = AttrKind::integers}};
constexpr AttrSpec regressor_attrs[] = {
    coefficients_attr, parameters_attr, kernel_attr,
    {.name = "n_supports", .fallback = std::int64_t{0}, .lowest = 0, .highest = 1 << 24},
    {.name = "one_class", .fallback = std::int64_t{0}, .lowest = 0, .highest = 1},
    transform_attr, rho_attr, vectors_attr};

// ---- regressor

struct Regressor {
  SupportVectors machine{};
  std::vector<double> coefficients{}, rho{};
};

Result<Regressor> read_regressor(const OpView& op) {
  Regressor model;
  MOTE_TRY_STATUS(post_transform_of(op));
  MOTE_TRY(model.machine, support_vectors_of(op, op.integer("n_supports")));
  const bool linear = model.machine.count == 0;
  MOTE_TRY(model.coefficients, finite_list(op, "coefficients", linear ? model.machine.features : model.machine.count,
                                           linear ? ", one per feature" : ", one per support vector"));
  MOTE_TRY(model.rho, thresholds_of(op, 1));
  return model;
}

Expansion expand_regressor(const OpView& op) {
  Expansion expansion;
  const Regressor model = *read_regressor(op);
  const Ref x = add_feature_rows(op, expansion, 0);
  const Ref rows = model.machine.count == 0 ? x : add_kernel_rows(expansion, x, model.machine);
  Ref y = add_linear(expansion, rows, 1, model.coefficients, model.rho);
  if (op.integer("one_class") != 0) {
    const Ref inside = expansion.add("Greater", {y, expansion.constant(f32_scalar(0.0F))});
    y = expansion.add("Where", {inside, expansion.constant(f32_scalar(1.0F)), expansion.constant(f32_scalar(-1.0F))});
  }
  expansion.results = {y};
  return expansion;
}

Result<Types> infer_regressor(const OpView& op) {
  MOTE_TRY_STATUS(expect_dtype(op, 0, "X", {DType::f32}));
  MOTE_TRY_STATUS(expect_feature_rows(op, 0, "X"));
  MOTE_TRY([[maybe_unused]] const Regressor model, read_regressor(op));
  return infer_expanded(op, expand_regressor(op));
}

void eval_regressor(const OpView& op, Operands in, Outputs out) {
  eval_expanded(op, expand_regressor(op), in, out, Precision::reference);
}

// ---- classifier

struct Classifier {
  SupportVectors machine{};
  std::vector<std::int64_t> vectors_per_class{};  // empty: linear in the features
  std::vector<double> coefficients{}, rho{}, prob_a{}, prob_b{};
  PostTransform transform = PostTransform::none;
  ClassLabels labels{};

  [[nodiscard]] std::int64_t classes() const { return static_cast<std::int64_t>(labels.count); }
  [[nodiscard]] std::int64_t pairs() const { return classes() * (classes() - 1) / 2; }
};

Status read_machines(const OpView& op, Classifier& model) {
  const std::int64_t count = model.machine.count, classes = model.classes();
  if (model.vectors_per_class.size() != model.labels.count)
    return wrong_count(op, "vectors_per_class", model.vectors_per_class.size(), std::to_string(classes) + ", one per class");
  MOTE_TRY(model.coefficients, finite_list(op, "coefficients", (classes - 1) * count,
                                           " (" + std::to_string(classes - 1) + " per support vector)"));
  MOTE_TRY(model.rho, thresholds_of(op, model.pairs()));
  if (real_list(op, "prob_a").empty() && real_list(op, "prob_b").empty()) {
    if (classes == 2 && model.transform == PostTransform::probit)
      return at(op, Code::unsupported_form, "PROBIT of one score for two classes has no meaning", {"use NONE"});
    return Ok{};
  }
  MOTE_TRY(model.prob_a, finite_list(op, "prob_a", model.pairs(), ", one per pair of classes"));
  MOTE_TRY(model.prob_b, finite_list(op, "prob_b", model.pairs(), ", one per pair of classes"));
  return Ok{};
}

Result<Classifier> read_classifier(const OpView& op) {
  Classifier model{.vectors_per_class = integer_list(op, "vectors_per_class")};
  MOTE_TRY(model.labels, class_labels_of(op));
  MOTE_TRY(model.transform, post_transform_of(op));
  if (model.classes() < 2 || model.classes() > 1000)
    return at(op, Code::unsupported_form, "has " + std::to_string(model.classes()) + " classes, expected 2 to 1000");
  std::int64_t count = 0;
  for (const std::int64_t vectors : model.vectors_per_class) {
    if (vectors < 0 || vectors > (1 << 24))
      return at(op, Code::attribute_range, "'vectors_per_class' holds " + std::to_string(vectors) + ", must be 0 to 16777216");
    count += vectors;
  }
  MOTE_TRY(model.machine, support_vectors_of(op, count));
  if (count > 0) {
    MOTE_TRY_STATUS(read_machines(op, model));
    return model;
  }
  MOTE_TRY(model.coefficients, finite_list(op, "coefficients", model.classes() * model.machine.features,
                                           " (" + std::to_string(model.classes()) + " classes of " +
                                               std::to_string(model.machine.features) + " features)"));
  MOTE_TRY(model.rho, thresholds_of(op, 1));
  return model;
}

// visit(pair, i, j) in the order of the pairs.
template <class Visit>
void for_each_pair(std::int64_t classes, Visit visit) {
  std::size_t pair = 0;
  for (std::size_t i = 0; i < static_cast<std::size_t>(classes); ++i)
    for (std::size_t j = i + 1; j < static_cast<std::size_t>(classes); ++j) visit(pair++, i, j);
}

// The scores of all pairs as one product: a vector of class i has in row j - 1 of the coefficients what it counts against
// class j > i, and in row j what it counts against class j < i.
std::vector<double> pair_weights(const Classifier& model) {
  const auto count = static_cast<std::size_t>(model.machine.count);
  std::vector<std::size_t> starts(model.labels.count + 1, 0);
  for (std::size_t i = 0; i < model.labels.count; ++i)
    starts[i + 1] = starts[i] + static_cast<std::size_t>(model.vectors_per_class[i]);
  std::vector<double> weights(static_cast<std::size_t>(model.pairs()) * count, 0.0);
  for_each_pair(model.classes(), [&](std::size_t pair, std::size_t i, std::size_t j) {
    for (std::size_t v = starts[i]; v < starts[i + 1]; ++v) weights[pair * count + v] = model.coefficients[(j - 1) * count + v];
    for (std::size_t v = starts[j]; v < starts[j + 1]; ++v) weights[pair * count + v] = model.coefficients[i * count + v];
  });
  return weights;
}

// The first class with the most votes. Votes are counted in integers: class i has one for each pair (i,j) that is won and
// each pair (j,i) that is lost.
Ref add_votes(Expansion& expansion, Ref scores, std::int64_t classes) {
  const std::int64_t pairs = classes * (classes - 1) / 2;
  Tensor gains = Tensor::zeros(DType::s32, shape_of({classes, pairs})), start = Tensor::zeros(DType::s32, shape_of({classes}));
  for_each_pair(classes, [&](std::size_t pair, std::size_t i, std::size_t j) {
    gains.as<std::int32_t>()[i * static_cast<std::size_t>(pairs) + pair] = 1;
    gains.as<std::int32_t>()[j * static_cast<std::size_t>(pairs) + pair] = -1;
    start.as<std::int32_t>()[j] += 1;
  });
  const Ref won = add_cast(expansion, expansion.add("Greater", {scores, expansion.constant(f32_scalar(0.0F))}), DType::s32);
  const Ref votes = expansion.add("Gemm", {won, expansion.constant(std::move(gains)), expansion.constant(std::move(start))},
                                  {{"transB", std::int64_t{1}}});
  return expansion.add("ArgMax", {votes}, {{"axis", std::int64_t{1}}, {"keepdims", std::int64_t{0}}});
}

Ref add_probabilities(Expansion& expansion, Ref scores, const Classifier& model) {
  const Ref a = expansion.constant(f32_tensor({model.pairs()}, model.prob_a));
  const Ref b = expansion.constant(f32_tensor({model.pairs()}, model.prob_b));
  const Ref against = expansion.add("Sigmoid", {expansion.add("Add", {expansion.add("Mul", {scores, a}), b})});
  const Ref pairs = expansion.add("Sub", {expansion.constant(f32_scalar(1.0F)), against});
  const Ref inside = expansion.add("Clip", {pairs}, {{"min", 1.0e-7F}, {"max", 1.0F - 1.0e-7F}});
  return expansion.add("PairwiseCoupling", {inside}, {{"classes", model.classes()}});
}

SecondClass second_class_of(PostTransform transform) {
  if (transform == PostTransform::none) return SecondClass::margin;
  return transform == PostTransform::logistic ? SecondClass::logistic : SecondClass::votes;
}

void expand_machines(Expansion& expansion, Ref x, const Classifier& model) {
  const Ref rows = add_kernel_rows(expansion, x, model.machine);
  const Ref scores = add_linear(expansion, rows, model.pairs(), pair_weights(model), model.rho);
  const Ref label = add_labels(expansion, add_votes(expansion, scores, model.classes()), model.labels);
  if (!model.prob_a.empty())
    expansion.results = {label, add_post_transform(expansion, add_probabilities(expansion, scores, model), model.transform)};
  else if (model.classes() > 2)
    expansion.results = {label, add_post_transform(expansion, scores, model.transform)};
  else
    expansion.results = {label, add_second_class(expansion, scores, second_class_of(model.transform))};
}

void expand_linear(const OpView& op, Expansion& expansion, Ref x, const Classifier& model) {
  const std::vector<double> shifts(model.labels.count, model.rho[0]);
  const Ref scores = add_linear(expansion, x, model.classes(), model.coefficients, shifts);
  Ref best = expansion.add("ArgMax", {scores}, {{"axis", std::int64_t{1}}, {"keepdims", std::int64_t{0}}});
  if (model.classes() == 2 && real_list(op, "prob_a").empty()) {
    const bool no_negative = std::ranges::all_of(model.coefficients, [](double weight) { return weight >= 0.0; });
    const Ref largest = expansion.add("ReduceMax", {scores}, {{"axes", std::vector<std::int64_t>{1}}, {"keepdims", std::int64_t{0}}});
    const Ref second = expansion.add(no_negative ? "GreaterOrEqual" : "Greater",
                                     {largest, expansion.constant(f32_scalar(no_negative ? 0.5F : 0.0F))});
    best = expansion.add("Where", {second, expansion.constant(s64_tensor({}, {1})), best});
  }
  expansion.results = {add_labels(expansion, best, model.labels), add_post_transform(expansion, scores, model.transform)};
}

Expansion expand_classifier(const OpView& op) {
  Expansion expansion;
  const Classifier model = *read_classifier(op);
  const Ref x = add_feature_rows(op, expansion, 0);
  if (model.machine.count > 0)
    expand_machines(expansion, x, model);
  else
    expand_linear(op, expansion, x, model);
  return expansion;
}

Result<Types> infer_classifier(const OpView& op) {
  MOTE_TRY_STATUS(expect_dtype(op, 0, "X", {DType::f32, DType::f64, DType::s32, DType::s64}));
  MOTE_TRY_STATUS(expect_feature_rows(op, 0, "X"));
  MOTE_TRY([[maybe_unused]] const Classifier model, read_classifier(op));
  return infer_expanded(op, expand_classifier(op));
}

void eval_classifier(const OpView& op, Operands in, Outputs out) {
  eval_expanded(op, expand_classifier(op), in, out, Precision::reference);
}

// ---- samples

Sample sample_regressor(Rng& rng) {
  const std::int64_t features = rng.integer(1, 5), count = rng.integer(0, 6);
  Sample sample{.attrs = sample_support_vectors(rng, count, features), .inputs = {sample_feature_rows(rng, features)}};
  sample.inputs[0].type.dtype = DType::f32;
  sample.attrs["n_supports"] = count;
  sample.attrs["coefficients"] = sample_reals(rng, count == 0 ? features : count);
  sample.attrs["rho"] = sample_reals(rng, 1);
  sample.attrs["one_class"] = std::int64_t{rng.chance(4)};
  return sample;
}

Sample sample_classifier(Rng& rng) {
  const std::int64_t features = rng.integer(1, 5), classes = rng.integer(2, 4), pairs = classes * (classes - 1) / 2;
  const bool linear = rng.chance(4);
  std::vector<std::int64_t> per_class, labels;
  for (std::int64_t i = 0; i < classes; ++i) {
    labels.push_back(3 * i - 1);
    if (!linear) per_class.push_back(rng.integer(1, 3));
  }
  const std::int64_t count = std::accumulate(per_class.begin(), per_class.end(), std::int64_t{0});
  Sample sample{.attrs = sample_support_vectors(rng, count, features), .inputs = {sample_feature_rows(rng, features)}, .outputs = 2};
  sample.attrs["vectors_per_class"] = std::move(per_class);
  sample.attrs["classlabels_ints"] = std::move(labels);
  sample.attrs["coefficients"] = sample_reals(rng, linear ? classes * features : (classes - 1) * count);
  sample.attrs["rho"] = sample_reals(rng, pairs, -0.5F, 0.5F);
  constexpr std::array<std::string_view, 4> transforms{"NONE", "SOFTMAX", "LOGISTIC", "SOFTMAX_ZERO"};
  sample.attrs["post_transform"] = std::string(transforms[static_cast<std::size_t>(rng.integer(0, 3))]);
  if (rng.chance(2)) {
    sample.attrs["prob_a"] = sample_reals(rng, pairs, -2.0F, -0.5F);
    sample.attrs["prob_b"] = sample_reals(rng, pairs, -0.5F, 0.5F);
  }
  return sample;
}

constexpr OpDef family[] = {
    {.name = "SVMClassifier",
     .summary = "classes and their scores by support vectors",
     .onnx = {.name = "SVMClassifier", .domain = "ai.onnx.ml", .since = 1, .until = 5},
     .arity = {.min_out = 1, .max_out = 2},
     .attrs = classifier_attrs,
     .infer = infer_classifier,
     .eval = eval_classifier,
     .sample = sample_classifier},
    {.name = "SVMRegressor",
     .summary = "numbers by support vectors",
     .onnx = {.name = "SVMRegressor", .domain = "ai.onnx.ml", .since = 1, .until = 5},
     .attrs = regressor_attrs,
     .infer = infer_regressor,
     .eval = eval_regressor,
     .sample = sample_regressor},
};
constexpr ExpansionRule rules[] = {{"SVMClassifier", expand_classifier}, {"SVMRegressor", expand_regressor}};

}  // namespace

std::span<const OpDef> support_vector_ops();
std::span<const OpDef> support_vector_ops() { return family; }
std::span<const ExpansionRule> support_vector_expansions();
std::span<const ExpansionRule> support_vector_expansions() { return rules; }

}  // namespace mote::ops
