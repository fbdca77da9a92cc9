// Imputer (ai.onnx.ml 1): elements equal to the replaced value (a NaN: every NaN) become the imputed value, one per
// feature or one for all. f32 or s64, as in ONNX Runtime.
#include <cmath>

#include "lib/ops/support/expanded.hpp"
#include "lib/ops/support/expect_dtype.hpp"
#include "lib/ops/support/feature_rows.hpp"
#include "lib/ops/support/model_attributes.hpp"
#include "lib/ops/support/real_form.hpp"
#include "lib/ops/support/sampling.hpp"
#include "lib/ops/support/tree_attributes.hpp"

namespace mote::ops {
namespace {

constexpr AttrSpec imputer_attrs[] = {{.name = "imputed_value_floats", .kind = AttrKind::reals},
                                      {.name = "imputed_value_int64s", .kind = AttrKind::integers},
                                      {.name = "replaced_value_float", .kind = AttrKind::real, .fallback = 0.0F},
                                      {.name = "replaced_value_int64", .fallback = std::int64_t{0}}};

bool is_real(const OpView& op) { return op.in(0).dtype == DType::f32; }

Tensor imputed_values(const OpView& op) {
  if (is_real(op)) {
    const std::vector<double> values = real_list(op, "imputed_value_floats");
    return f32_tensor({static_cast<std::int64_t>(values.size())}, values);
  }
  const std::vector<std::int64_t> values = integer_list(op, "imputed_value_int64s");
  return s64_tensor({static_cast<std::int64_t>(values.size())}, values);
}

Expansion expand(const OpView& op) {
  Expansion expansion;
  const auto x = Expansion::input(0);
  const bool replaces_nan = is_real(op) && std::isnan(op.real("replaced_value_float"));
  Expansion::Ref missing;
  if (replaces_nan)
    missing = expansion.add("IsNaN", {x});
  else if (is_real(op))
    missing = expansion.add("Equal", {x, expansion.constant(f32_scalar(op.real("replaced_value_float")))});
  else
    missing = expansion.add("Equal", {x, expansion.constant(s64_tensor({}, {op.integer("replaced_value_int64")}))});
  expansion.results = {expansion.add("Where", {missing, expansion.constant(imputed_values(op)), x})};
  return expansion;
}

Result<Types> infer(const OpView& op) {
  MOTE_TRY_STATUS(expect_dtype(op, 0, "X", {DType::f32, DType::s64}));
  MOTE_TRY_STATUS(expect_feature_rows(op, 0, "X"));
  const std::int64_t count = imputed_values(op).shape.elements(), features = feature_rows(op, 0).features;
  if (count == 1 || count == features) return infer_expanded(op, expand(op));
  return wrong_count(op, is_real(op) ? "imputed_value_floats" : "imputed_value_int64s", static_cast<std::size_t>(count),
                     "1 or " + std::to_string(features) + ", one per feature");
}

void eval(const OpView& op, Operands in, Outputs out) {
  eval_expanded(op, expand(op), in, out, Precision::reference);
}

Sample sample(Rng& rng) {
  const std::int64_t features = rng.integer(1, 5), count = rng.chance(3) ? 1 : features;
  Sample sample{.attrs = {}, .inputs = {sample_feature_rows(rng, features)}};
  sample.inputs[0].low = -2.0F;
  sample.inputs[0].high = 2.0F;
  if (sample.inputs[0].type.dtype == DType::f32) {
    sample.attrs["imputed_value_floats"] = sample_reals(rng, count);
    sample.attrs["replaced_value_float"] = rng.chance(2) ? std::nanf("") : 1.0F;
  } else {
    sample.attrs["imputed_value_int64s"] = std::vector<std::int64_t>(static_cast<std::size_t>(count), 7);
    sample.attrs["replaced_value_int64"] = rng.integer(-2, 2);
  }
  return sample;
}

constexpr OpDef family[] = {
    {.name = "Imputer",
     .summary = "a value for the features that are missing",
     .onnx = {.name = "Imputer", .domain = "ai.onnx.ml", .since = 1, .until = 5},
     .attrs = imputer_attrs,
     .infer = infer,
     .eval = eval,
     .sample = sample},
};
constexpr ExpansionRule rules[] = {{"Imputer", expand}};

}  // namespace

std::span<const OpDef> imputer_ops();
std::span<const OpDef> imputer_ops() { return family; }
std::span<const ExpansionRule> imputer_expansions();
std::span<const ExpansionRule> imputer_expansions() { return rules; }

}  // namespace mote::ops
