#include "lib/ops/support/model_scores.hpp"

#include "lib/ops/support/enumerator.hpp"
#include "lib/ops/support/feature_rows.hpp"
#include "lib/ops/support/model_attributes.hpp"
#include "lib/ops/support/real_form.hpp"
#include "lib/ops/support/tree_attributes.hpp"

namespace mote::ops {
namespace {

using Ref = Expansion::Ref;

bool are_positions(const std::vector<std::int64_t>& labels) {
  for (std::size_t i = 0; i < labels.size(); ++i)
    if (labels[i] != static_cast<std::int64_t>(i)) return false;
  return true;
}

Ref number(Expansion& expansion, float value) { return expansion.constant(f32_scalar(value)); }

// sqrt(2) * inverse error function of 2p - 1, by Winitzki's approximation.
Ref add_probit(Expansion& expansion, Ref p) {
  const Ref one = number(expansion, 1.0F);
  const Ref x = expansion.add("Sub", {expansion.add("Mul", {p, number(expansion, 2.0F)}), one});
  const Ref product = expansion.add("Mul", {expansion.add("Sub", {one, x}), expansion.add("Add", {one, x})});
  const Ref logarithm = expansion.add("Log", {product});
  const Ref half = expansion.add("Mul", {logarithm, number(expansion, 0.5F)});
  const Ref v = expansion.add("Add", {half, number(expansion, 2.0F / (3.14159274F * 0.147F))});
  const Ref v2 = expansion.add("Mul", {logarithm, number(expansion, 1.0F / 0.147F)});
  const Ref root = expansion.add("Sqrt", {expansion.add("Sub", {expansion.add("Mul", {v, v}), v2})});
  const Ref magnitude = expansion.add("Sqrt", {expansion.add("Sub", {root, v})});
  return expansion.add("Mul", {expansion.add("Mul", {magnitude, expansion.add("Sign", {x})}), number(expansion, 1.41421356F)});
}

// Softmax over the scores that are not (nearly) zero; the others stay (nearly) zero.
Ref add_softmax_zero(Expansion& expansion, Ref scores) {
  const Attrs along_row{{"axes", std::vector<std::int64_t>{1}}};
  const Ref largest = expansion.add("ReduceMax", {scores}, along_row);
  const Ref is_zero = expansion.add("LessOrEqual", {expansion.add("Abs", {scores}), number(expansion, 0.0000001F)});
  const Ref power = expansion.add("Exp", {expansion.add("Sub", {scores, largest})});
  const Ref sum = expansion.add("ReduceSum", {expansion.add("Where", {is_zero, number(expansion, 0.0F), power})}, along_row);
  const Ref small = expansion.add("Mul", {scores, expansion.add("Exp", {expansion.add("Neg", {largest})})});
  return expansion.add("Div", {expansion.add("Where", {is_zero, small, power}), sum});
}

}  // namespace

Result<ClassLabels> class_labels_of(const OpView& op) {
  ClassLabels labels{.numbers = integer_list(op, "classlabels_ints")};
  const std::size_t named = word_list(op, "classlabels_strings").size();
  if (named > 0 && !labels.numbers.empty())
    return at(op, Code::attribute_range, "has class labels both as numbers and as strings",
              {"remove classlabels_ints or classlabels_strings"});
  if (named == 0 && labels.numbers.empty())
    return at(op, Code::attribute_range, "has no class labels", {"set classlabels_ints or classlabels_strings"});
  labels.count = named + labels.numbers.size();
  if (named > 0) labels.names = op.text("classlabels_strings");
  return labels;
}

Ref add_labels(Expansion& expansion, Ref positions, const ClassLabels& labels) {
  if (labels.numbers.empty()) return expansion.add("ClassNames", {positions}, {{"classlabels_strings", labels.names}});
  if (are_positions(labels.numbers)) return positions;
  const auto count = static_cast<std::int64_t>(labels.numbers.size());
  return expansion.add("Gather", {expansion.constant(s64_tensor({count}, labels.numbers)), positions});
}

Ref add_is_positive(Expansion& expansion, Ref x) {
  return add_cast(expansion, expansion.add("Greater", {x, number(expansion, 0.0F)}), DType::s64);
}

Ref add_post_transform(Expansion& expansion, Ref scores, PostTransform transform) {
  switch (transform) {
    case PostTransform::softmax: return expansion.add("Softmax", {scores}, {{"axis", std::int64_t{1}}});
    case PostTransform::logistic: return expansion.add("Sigmoid", {scores});
    case PostTransform::softmax_zero: return add_softmax_zero(expansion, scores);
    case PostTransform::probit: return add_probit(expansion, scores);
    case PostTransform::none: break;
  }
  return scores;
}

Result<PostTransform> post_transform_of(const OpView& op) {
  return enumerator<PostTransform>(op, "post_transform", op.text("post_transform"), post_transform_words);
}

Ref add_second_class(Expansion& expansion, Ref score, SecondClass kind) {
  Ref first = kind == SecondClass::votes ? expansion.add("Sub", {number(expansion, 1.0F), score})
                                         : expansion.add("Neg", {score});
  if (kind == SecondClass::logistic) {
    first = expansion.add("Sigmoid", {first});
    score = expansion.add("Sigmoid", {score});
  }
  return expansion.add("Concat", {first, score}, {{"axis", std::int64_t{1}}});
}

}  // namespace mote::ops
