// LinearClassifier, LinearRegressor (ai.onnx.ml 1): scores = X * coefficients^T + intercepts [N, targets], then the
// transformation. The label is that of the first largest score before it. Defined by Gemm; what ONNX leaves open is as in
// ONNX Runtime: the number of targets is that of the intercepts, and of a classifier with one target
//   the label is the second class's where the score is positive (1 or 0, if there are not two classes);
//   two classes have the scores (sigmoid(-s), sigmoid(s)) with LOGISTIC, else (1 - s, s). One target alone has only PROBIT.
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
constexpr AttrSpec intercepts_attr{.name = "intercepts", .kind = AttrKind::reals};
constexpr AttrSpec transform_attr{.name = "post_transform", .kind = AttrKind::text, .fallback = std::string_view("NONE")};
// `multi_class` says how the model was trained; the scores follow from `post_transform` alone.
constexpr AttrSpec classifier_attrs[] = {{.name = "classlabels_ints", .kind = AttrKind::integers},
                                         {.name = "classlabels_strings", .kind = AttrKind::text},
                                         coefficients_attr,
                                         intercepts_attr,
                                         {.name = "multi_class", .fallback = std::int64_t{0}},
                                         transform_attr};
constexpr AttrSpec regressor_attrs[] = {coefficients_attr, intercepts_attr, transform_attr,
                                        {.name = "targets", .fallback = std::int64_t{1}, .lowest = 1, .highest = 65535}};

struct LinearModel {
  std::int64_t targets = 1, features = 1;
  std::vector<double> coefficients{}, intercepts{};
  PostTransform transform = PostTransform::none;
  ClassLabels labels{};  // of a classifier
};

bool classifies(const OpView& op) { return op.node.op->name == "LinearClassifier"; }

// A classifier with fewer coefficients for more classes has one target for two.
std::int64_t targets_of(const OpView& op, const ClassLabels& labels) {
  if (!classifies(op)) return op.integer("targets");
  const std::size_t intercepts = real_list(op, "intercepts").size();
  return static_cast<std::int64_t>(intercepts == 0 ? labels.count : intercepts);
}

Status check_classes(const OpView& op, const LinearModel& model) {
  const auto classes = static_cast<std::int64_t>(model.labels.count);
  if (model.targets > 1 && classes != model.targets)
    return at(op, Code::attribute_range, "has " + std::to_string(classes) + " class labels and scores for " +
                                             std::to_string(model.targets) + " classes",
              {"export the model again; its lists do not belong together"});
  if (model.targets == 1 && classes == 2 && model.transform == PostTransform::probit)
    return at(op, Code::unsupported_form, "PROBIT of one score for two classes has no meaning",
              {"use one score per class"});
  return Ok{};
}

Result<LinearModel> read(const OpView& op) {
  LinearModel model{.features = feature_rows(op, 0).features};
  if (classifies(op)) {
    MOTE_TRY(model.labels, class_labels_of(op));
  }
  MOTE_TRY(model.transform, post_transform_of(op));
  model.targets = targets_of(op, model.labels);
  const std::string why = " (" + std::to_string(model.targets) + " scores of " + std::to_string(model.features) + " features)";
  MOTE_TRY(model.coefficients, finite_list(op, "coefficients", model.targets * model.features, why));
  model.intercepts.assign(static_cast<std::size_t>(model.targets), 0.0);
  if (!real_list(op, "intercepts").empty()) {
    MOTE_TRY(model.intercepts, finite_list(op, "intercepts", model.targets, ", one per score"));
  }
  if (classifies(op)) MOTE_TRY_STATUS(check_classes(op, model));
  return model;
}

Ref add_scores(const OpView& op, Expansion& expansion, const LinearModel& model) {
  const Ref x = add_feature_rows(op, expansion, 0);
  return add_linear(expansion, x, model.targets, model.coefficients, model.intercepts);
}

Ref transformed(Expansion& expansion, Ref scores, const LinearModel& model) {
  const bool alone = model.targets == 1 && model.transform != PostTransform::probit;
  return alone ? scores : add_post_transform(expansion, scores, model.transform);
}

Expansion expand_classifier(const OpView& op) {
  Expansion expansion;
  const LinearModel model = *read(op);
  const Ref scores = add_scores(op, expansion, model);
  if (model.targets > 1) {
    const Ref best = expansion.add("ArgMax", {scores}, {{"axis", std::int64_t{1}}, {"keepdims", std::int64_t{0}}});
    expansion.results = {add_labels(expansion, best, model.labels), transformed(expansion, scores, model)};
    return expansion;
  }
  const Ref second = add_is_positive(expansion, add_reshape(expansion, scores, {feature_rows(op, 0).count}));
  const bool two_classes = model.labels.count == 2, logistic = model.transform == PostTransform::logistic;
  ClassLabels labels = model.labels;
  if (!two_classes) labels = {.numbers = {0, 1}, .names = {}, .count = 2};
  expansion.results = {add_labels(expansion, second, labels),
                       two_classes ? add_second_class(expansion, scores, logistic ? SecondClass::logistic : SecondClass::votes)
                                   : transformed(expansion, scores, model)};
  return expansion;
}

Expansion expand_regressor(const OpView& op) {
  Expansion expansion;
  const LinearModel model = *read(op);
  expansion.results = {transformed(expansion, add_scores(op, expansion, model), model)};
  return expansion;
}

Result<Types> infer_classifier(const OpView& op) {
  MOTE_TRY_STATUS(expect_dtype(op, 0, "X", {DType::f32, DType::f64, DType::s32, DType::s64}));
  MOTE_TRY_STATUS(expect_feature_rows(op, 0, "X"));
  MOTE_TRY([[maybe_unused]] const LinearModel model, read(op));
  return infer_expanded(op, expand_classifier(op));
}

Result<Types> infer_regressor(const OpView& op) {
  MOTE_TRY_STATUS(expect_dtype(op, 0, "X", {DType::f32}));
  MOTE_TRY_STATUS(expect_feature_rows(op, 0, "X"));
  MOTE_TRY([[maybe_unused]] const LinearModel model, read(op));
  return infer_expanded(op, expand_regressor(op));
}

void eval_classifier(const OpView& op, Operands in, Outputs out) {
  eval_expanded(op, expand_classifier(op), in, out, Precision::reference);
}
void eval_regressor(const OpView& op, Operands in, Outputs out) {
  eval_expanded(op, expand_regressor(op), in, out, Precision::reference);
}

Sample sample_model(Rng& rng, std::int64_t targets) {
  const std::int64_t features = rng.integer(1, 6);
  constexpr std::array<std::string_view, 4> transforms{"NONE", "SOFTMAX", "LOGISTIC", "SOFTMAX_ZERO"};
  return {.attrs = {{"coefficients", sample_reals(rng, targets * features)},
                    {"intercepts", sample_reals(rng, targets)},
                    {"post_transform", std::string(transforms[static_cast<std::size_t>(rng.integer(0, 3))])}},
          .inputs = {sample_feature_rows(rng, features)}};
}

Sample sample_classifier(Rng& rng) {
  const std::int64_t classes = rng.integer(2, 4), targets = classes == 2 && rng.chance(2) ? 1 : classes;
  Sample sample = sample_model(rng, targets);
  std::vector<std::int64_t> labels;
  for (std::int64_t label = 0; label < classes; ++label) labels.push_back(5 - 2 * label);
  if (rng.chance(3))
    sample.attrs["classlabels_strings"] = std::string(classes == 2 ? "no,yes" : classes == 3 ? "a,b,c" : "a,b,c,d");
  else
    sample.attrs["classlabels_ints"] = std::move(labels);
  sample.outputs = 2;
  return sample;
}

Sample sample_regressor(Rng& rng) {
  const std::int64_t targets = rng.integer(1, 3);
  Sample sample = sample_model(rng, targets);
  sample.inputs[0].type.dtype = DType::f32;
  sample.attrs["targets"] = targets;
  return sample;
}

constexpr OpDef family[] = {
    {.name = "LinearClassifier",
     .summary = "classes and their scores by a linear function of the features",
     .onnx = {.name = "LinearClassifier", .domain = "ai.onnx.ml", .since = 1, .until = 5},
     .arity = {.min_out = 1, .max_out = 2},
     .attrs = classifier_attrs,
     .infer = infer_classifier,
     .eval = eval_classifier,
     .sample = sample_classifier},
    {.name = "LinearRegressor",
     .summary = "numbers by a linear function of the features",
     .onnx = {.name = "LinearRegressor", .domain = "ai.onnx.ml", .since = 1, .until = 5},
     .attrs = regressor_attrs,
     .infer = infer_regressor,
     .eval = eval_regressor,
     .sample = sample_regressor},
};
constexpr ExpansionRule rules[] = {{"LinearClassifier", expand_classifier}, {"LinearRegressor", expand_regressor}};

}  // namespace

std::span<const OpDef> linear_model_ops();
std::span<const OpDef> linear_model_ops() { return family; }
std::span<const ExpansionRule> linear_model_expansions();
std::span<const ExpansionRule> linear_model_expansions() { return rules; }

}  // namespace mote::ops
