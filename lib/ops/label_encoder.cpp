// LabelEncoder (ai.onnx.ml 1..4): for each element the value that belongs to the equal key, or the default; CategoryMapper
// (1): the same between the integers cats_int64s and the strings cats_strings, in whichever direction. Defined by a
// comparison with all keys, and a Gather. A NaN among the keys belongs to every NaN since opset 4, before to nothing.
// Strings are positions here:
//   of values, in their distinct values in the order of the list, the default behind; ClassNames keeps them
//   of keys, in the names of what gives the input
#include <algorithm>
#include <cmath>

#include "lib/ops/support/expanded.hpp"
#include "lib/ops/support/expect.hpp"
#include "lib/ops/support/feature_rows.hpp"
#include "lib/ops/support/label_table.hpp"
#include "lib/ops/support/model_attributes.hpp"
#include "lib/ops/support/real_form.hpp"
#include "lib/ops/support/sampling.hpp"

namespace mote::ops {
namespace {

using Ref = Expansion::Ref;

// `matches_nan` is mote's own: 0 for what a NaN among the keys meant before opset 4.
constexpr AttrSpec encoder_attrs[] = {
    {.name = "classes_strings", .kind = AttrKind::text},
    {.name = "default_float", .kind = AttrKind::real, .fallback = -0.0F},
    {.name = "default_int64", .fallback = std::int64_t{-1}},
    {.name = "default_string", .kind = AttrKind::text, .fallback = std::string_view("_Unused")},
    {.name = "default_tensor", .kind = AttrKind::literal},
    {.name = "keys_floats", .kind = AttrKind::reals},
    {.name = "keys_int64s", .kind = AttrKind::integers},
    {.name = "keys_strings", .kind = AttrKind::text},
    {.name = "keys_tensor", .kind = AttrKind::literal},
    {.name = "matches_nan", .fallback = std::int64_t{1}, .lowest = 0, .highest = 1},
    {.name = "values_floats", .kind = AttrKind::reals},
    {.name = "values_int64s", .kind = AttrKind::integers},
    {.name = "values_strings", .kind = AttrKind::text},
    {.name = "values_tensor", .kind = AttrKind::literal}};

void adapt(std::int64_t opset, Attrs& attrs) { attrs["matches_nan"] = std::int64_t{opset < 4 ? 0 : 1}; }

constexpr AttrSpec mapper_attrs[] = {
    {.name = "cats_int64s", .kind = AttrKind::integers, .required = true},
    {.name = "cats_strings", .kind = AttrKind::text, .required = true},
    {.name = "default_int64", .fallback = std::int64_t{-1}},
    {.name = "default_string", .kind = AttrKind::text, .fallback = std::string_view("_Unused")}};

// The position of the first equal key; behind all keys where none is equal.
Ref add_position(const OpView& op, Expansion& expansion, const Tensor& keys) {
  std::vector<std::int64_t> extents = extents_of(op.in(0).shape);
  const auto axis = static_cast<std::int64_t>(extents.size());
  extents.push_back(1);
  const Ref x = add_reshape(expansion, Expansion::input(0), extents);
  const Ref equal = add_cast(expansion, expansion.add("Equal", {x, expansion.constant(keys)}), DType::u8);
  Tensor otherwise = Tensor::zeros(DType::u8, shape_of(extents));
  std::ranges::fill(otherwise.bytes, std::byte{1});
  const Ref all = expansion.add("Concat", {equal, expansion.constant(std::move(otherwise))}, {{"axis", axis}});
  return expansion.add("ArgMax", {all}, {{"axis", axis}, {"keepdims", std::int64_t{0}}});
}

std::optional<std::size_t> nan_key(const Tensor& keys) {
  const std::vector<double> reals = keys.to_reals();
  const auto found = std::ranges::find_if(reals, [](double key) { return std::isnan(key); });
  if (found == reals.end()) return std::nullopt;
  return static_cast<std::size_t>(found - reals.begin());
}

Tensor element(const Tensor& list, std::size_t index) {
  const auto width = static_cast<std::size_t>(byte_size(list.dtype));
  Tensor one = Tensor::zeros(list.dtype, Shape{});
  std::copy_n(list.bytes.begin() + static_cast<std::ptrdiff_t>(index * width), width, one.bytes.begin());
  return one;
}

Expansion expand(const OpView& op) {
  Expansion expansion;
  const LabelTable table = *label_table_of(op);
  Ref y = expansion.add("Gather", {expansion.constant(table.values), add_position(op, expansion, table.keys)});
  if (const auto nan = nan_key(table.keys); nan && op.integer("matches_nan") != 0)
    y = expansion.add("Where", {expansion.add("IsNaN", {Expansion::input(0)}),
                                expansion.constant(element(table.values, *nan)), y});
  if (!table.names.empty()) y = expansion.add("ClassNames", {y}, {{"classlabels_strings", table.names}});
  expansion.results = {y};
  return expansion;
}

Result<Types> infer(const OpView& op) {
  MOTE_TRY_STATUS(expect_rank(op, 0, "X", 0, Shape::max_rank - 1));  // the keys are one more axis
  MOTE_TRY([[maybe_unused]] const LabelTable table, label_table_of(op));
  return infer_expanded(op, expand(op));
}

void eval(const OpView& op, Operands in, Outputs out) {
  eval_expanded(op, expand(op), in, out, Precision::reference);
}

Sample sample(Rng& rng) {
  const bool real_keys = rng.chance(2);
  Sample sample{.attrs = {}, .inputs = {{.type = {.dtype = real_keys ? DType::f32 : DType::s64, .shape = random_shape(rng, 1, 2, 4)}}}};
  if (real_keys)
    sample.attrs["keys_floats"] = std::vector<float>{0.5F, std::nanf(""), 2.0F};
  else
    sample.attrs["keys_int64s"] = std::vector<std::int64_t>{2, -1, 0};
  switch (rng.integer(0, 2)) {
    case 0: sample.attrs["values_floats"] = sample_reals(rng, 3); break;
    case 1: sample.attrs["values_int64s"] = std::vector<std::int64_t>{30, 10, 20}; break;
    default: sample.attrs["values_strings"] = std::string("low,high,low");
  }
  return sample;
}

Sample sample_mapper(Rng& rng) {
  return {.attrs = {{"cats_int64s", std::vector<std::int64_t>{2, -1}}, {"cats_strings", std::string("low,high")}},
          .inputs = {{.type = {.dtype = DType::s64, .shape = random_shape(rng, 1, 2, 4)}}}};
}

constexpr OpDef family[] = {
    {.name = "LabelEncoder",
     .summary = "the value that belongs to an element's key",
     .onnx = {.name = "LabelEncoder", .domain = "ai.onnx.ml", .since = 1, .until = 5},
     .attrs = encoder_attrs,
     .adapt = adapt,
     .infer = infer,
     .eval = eval,
     .sample = sample},
    {.name = "CategoryMapper",
     .summary = "integers for names of categories, or names for integers",
     .onnx = {.name = "CategoryMapper", .domain = "ai.onnx.ml", .since = 1, .until = 5},
     .attrs = mapper_attrs,
     .infer = infer,
     .eval = eval,
     .sample = sample_mapper},
};
constexpr ExpansionRule rules[] = {{"CategoryMapper", expand}, {"LabelEncoder", expand}};

}  // namespace

std::span<const OpDef> label_encoder_ops();
std::span<const OpDef> label_encoder_ops() { return family; }
std::span<const ExpansionRule> label_encoder_expansions();
std::span<const ExpansionRule> label_encoder_expansions() { return rules; }

}  // namespace mote::ops
