// Scaler (ai.onnx.ml 1): y = (x - offset) * scale, one of each per feature or for all. Defined by Sub and Mul; of doubles
// both are computed in double precision.
#include "lib/ops/support/expanded.hpp"
#include "lib/ops/support/expect.hpp"
#include "lib/ops/support/feature_rows.hpp"
#include "lib/ops/support/model_attributes.hpp"
#include "lib/ops/support/real_form.hpp"
#include "lib/ops/support/sampling.hpp"
#include "lib/ops/support/tree_attributes.hpp"

namespace mote::ops {
namespace {

constexpr AttrSpec scaler_attrs[] = {{.name = "offset", .kind = AttrKind::reals}, {.name = "scale", .kind = AttrKind::reals}};

// The attribute as the operand that broadcasts to rows; left out, it is `otherwise` for every feature.
Tensor parameter(const OpView& op, std::string_view attr, double otherwise, DType dtype) {
  std::vector<double> values = real_list(op, attr);
  if (values.empty()) values = {otherwise};
  const auto count = static_cast<std::int64_t>(values.size());
  return convert(f32_tensor({count}, values), dtype);
}

Expansion expand(const OpView& op) {
  Expansion expansion;
  const DType dtype = op.in(0).dtype == DType::f64 ? DType::f64 : DType::f32;
  auto x = Expansion::input(0);
  if (op.in(0).dtype != dtype) x = add_cast(expansion, x, dtype);
  x = expansion.add("Sub", {x, expansion.constant(parameter(op, "offset", 0.0, dtype))});
  x = expansion.add("Mul", {x, expansion.constant(parameter(op, "scale", 1.0, dtype))});
  expansion.results = {dtype == DType::f64 ? add_cast(expansion, x, DType::f32) : x};
  return expansion;
}

Status check_parameter(const OpView& op, std::string_view attr) {
  const auto count = static_cast<std::int64_t>(real_list(op, attr).size());
  const std::int64_t features = feature_rows(op, 0).features;
  if (count == 0) return Ok{};
  if (count != 1 && count != features)
    return wrong_count(op, attr, static_cast<std::size_t>(count), "1 or " + std::to_string(features) + ", one per feature");
  MOTE_TRY([[maybe_unused]] const std::vector<double> values, finite_list(op, attr, count, ""));
  return Ok{};
}

Result<Types> infer(const OpView& op) {
  MOTE_TRY_STATUS(expect_feature_rows(op, 0, "X"));
  MOTE_TRY_STATUS(check_parameter(op, "offset"));
  MOTE_TRY_STATUS(check_parameter(op, "scale"));
  return infer_expanded(op, expand(op));
}

void eval(const OpView& op, Operands in, Outputs out) {
  eval_expanded(op, expand(op), in, out, Precision::reference);
}

Sample sample(Rng& rng) {
  const std::int64_t features = rng.integer(1, 6), count = rng.chance(3) ? 1 : features;
  Sample sample{.attrs = {{"offset", sample_reals(rng, count)}, {"scale", sample_reals(rng, count)}},
                .inputs = {sample_feature_rows(rng, features)}};
  if (rng.chance(5)) sample.attrs.erase("offset");
  if (rng.chance(8)) sample.inputs[0].type.dtype = DType::f64;
  return sample;
}

constexpr OpDef family[] = {
    {.name = "Scaler",
     .summary = "features minus an offset, times a scale",
     .onnx = {.name = "Scaler", .domain = "ai.onnx.ml", .since = 1, .until = 5},
     .attrs = scaler_attrs,
     .infer = infer,
     .eval = eval,
     .sample = sample},
};
constexpr ExpansionRule rules[] = {{"Scaler", expand}};

}  // namespace

std::span<const OpDef> scaler_ops();
std::span<const OpDef> scaler_ops() { return family; }
std::span<const ExpansionRule> scaler_expansions();
std::span<const ExpansionRule> scaler_expansions() { return rules; }

}  // namespace mote::ops
