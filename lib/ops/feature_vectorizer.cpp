// FeatureVectorizer (ai.onnx.ml 1): the inputs side by side as f32 rows. `inputdimensions` says how many columns each
// gives: what a row has beyond is left out, what it lacks is 0.
#include "lib/ops/support/axes.hpp"
#include "lib/ops/support/expanded.hpp"
#include "lib/ops/support/expect.hpp"
#include "lib/ops/support/feature_rows.hpp"
#include "lib/ops/support/model_attributes.hpp"
#include "lib/ops/support/real_form.hpp"
#include "lib/ops/support/sampling.hpp"
#include "lib/ops/support/tree_attributes.hpp"

namespace mote::ops {
namespace {

constexpr AttrSpec vectorizer_attrs[] = {{.name = "inputdimensions", .kind = AttrKind::integers}};

// Input i as [rows, the rest].
FeatureRows rows_of(const OpView& op, std::size_t i) {
  const Shape& shape = op.in(i).shape;
  if (shape.rank() < 2) return {.count = 1, .features = shape.elements()};
  return {.count = shape[0], .features = product(shape.extents().subspan(1))};
}

// Left out, every input gives all that it has.
std::vector<std::int64_t> widths_of(const OpView& op) {
  std::vector<std::int64_t> widths = integer_list(op, "inputdimensions");
  if (widths.empty())
    for (std::size_t i = 0; i < op.node.inputs.size(); ++i) widths.push_back(rows_of(op, i).features);
  return widths;
}

Expansion::Ref columns_of(const OpView& op, Expansion& expansion, std::size_t i, std::int64_t width) {
  const FeatureRows rows = rows_of(op, i);
  auto x = Expansion::input(i);
  if (op.in(i).dtype != DType::f32) x = add_cast(expansion, x, DType::f32);
  x = add_reshape(expansion, x, {rows.count, rows.features});
  if (width < rows.features)
    x = expansion.add("Slice", {x}, {{"starts", std::vector<std::int64_t>{0}},
                                     {"ends", std::vector<std::int64_t>{width}},
                                     {"axes", std::vector<std::int64_t>{1}}});
  if (width > rows.features)
    x = expansion.add("Pad", {x}, {{"pads", std::vector<std::int64_t>{0, 0, 0, width - rows.features}}});
  return x;
}

Expansion expand(const OpView& op) {
  Expansion expansion;
  const std::vector<std::int64_t> widths = widths_of(op);
  std::vector<Expansion::Ref> columns;
  for (std::size_t i = 0; i < op.node.inputs.size(); ++i)
    if (widths[i] > 0) columns.push_back(columns_of(op, expansion, i, widths[i]));
  expansion.results = {expansion.add("Concat", std::move(columns), {{"axis", std::int64_t{1}}})};
  return expansion;
}

Result<Types> infer(const OpView& op) {
  for (std::size_t i = 0; i < op.node.inputs.size(); ++i) {
    if (!op.has_in(i)) return at(op, Code::wrong_arity, "input " + std::to_string(i) + " may not be left out");
    MOTE_TRY_STATUS(expect_numeric(op, i, "X"));
    MOTE_TRY_STATUS(expect_rank(op, i, "X", 1));
    if (rows_of(op, i).count != rows_of(op, 0).count)
      return at(op, Code::shape_mismatch, "input " + std::to_string(i) + " has " + std::to_string(rows_of(op, i).count) +
                                              " rows, input 0 has " + std::to_string(rows_of(op, 0).count));
  }
  const std::vector<std::int64_t> widths = widths_of(op);
  if (widths.size() != op.node.inputs.size())
    return wrong_count(op, "inputdimensions", widths.size(), std::to_string(op.node.inputs.size()) + ", one per input");
  std::int64_t total = 0;
  for (const std::int64_t width : widths) {
    if (width < 0 || width > Shape::max_elements)
      return at(op, Code::attribute_range, "'inputdimensions' holds " + std::to_string(width) + ", must be a number of columns");
    total += width;
  }
  if (total == 0) return at(op, Code::attribute_range, "'inputdimensions' leaves no columns");
  return infer_expanded(op, expand(op));
}

void eval(const OpView& op, Operands in, Outputs out) {
  eval_expanded(op, expand(op), in, out, Precision::reference);
}

Sample sample(Rng& rng) {
  const std::int64_t rows = rng.integer(1, 3), inputs = rng.integer(1, 3);
  Sample sample;
  std::vector<std::int64_t> widths;
  for (std::int64_t i = 0; i < inputs; ++i) {
    const std::int64_t features = rng.integer(1, 4);
    sample.inputs.push_back({.type = {.dtype = rng.chance(3) ? DType::s32 : DType::f32, .shape = shape_of({rows, features})}});
    widths.push_back(rng.chance(2) ? features : rng.integer(1, 5));
  }
  if (!rng.chance(4)) sample.attrs["inputdimensions"] = std::move(widths);
  return sample;
}

constexpr OpDef family[] = {
    {.name = "FeatureVectorizer",
     .summary = "inputs side by side as rows of floats",
     .onnx = {.name = "FeatureVectorizer", .domain = "ai.onnx.ml", .since = 1, .until = 5},
     .arity = {.min_in = 1, .max_in = 255},
     .attrs = vectorizer_attrs,
     .infer = infer,
     .eval = eval,
     .sample = sample},
};
constexpr ExpansionRule rules[] = {{"FeatureVectorizer", expand}};

}  // namespace

std::span<const OpDef> feature_vectorizer_ops();
std::span<const OpDef> feature_vectorizer_ops() { return family; }
std::span<const ExpansionRule> feature_vectorizer_expansions();
std::span<const ExpansionRule> feature_vectorizer_expansions() { return rules; }

}  // namespace mote::ops
