// Binarizer (ai.onnx.ml 1): 1 where an element is above the threshold, else 0. f32, as in ONNX Runtime.
#include "lib/ops/support/expanded.hpp"
#include "lib/ops/support/expect_dtype.hpp"
#include "lib/ops/support/feature_rows.hpp"
#include "lib/ops/support/real_form.hpp"
#include "lib/ops/support/sampling.hpp"

namespace mote::ops {
namespace {

constexpr AttrSpec binarizer_attrs[] = {{.name = "threshold", .kind = AttrKind::real, .fallback = 0.0F}};

Expansion expand(const OpView& op) {
  Expansion expansion;
  const auto threshold = expansion.constant(f32_scalar(op.real("threshold")));
  expansion.results = {add_cast(expansion, expansion.add("Greater", {Expansion::input(0), threshold}), DType::f32)};
  return expansion;
}

Result<Types> infer(const OpView& op) {
  MOTE_TRY_STATUS(expect_dtype(op, 0, "X", {DType::f32}));
  return infer_expanded(op, expand(op));
}

void eval(const OpView& op, Operands in, Outputs out) {
  eval_expanded(op, expand(op), in, out, Precision::reference);
}

Sample sample(Rng& rng) {
  return {.attrs = {{"threshold", rng.real(-2.0F, 2.0F)}},
          .inputs = {{.type = {.dtype = DType::f32, .shape = random_shape(rng, 1, 2, 6)}}}};
}

constexpr OpDef family[] = {
    {.name = "Binarizer",
     .summary = "1 above a threshold, else 0",
     .onnx = {.name = "Binarizer", .domain = "ai.onnx.ml", .since = 1, .until = 5},
     .attrs = binarizer_attrs,
     .infer = infer,
     .eval = eval,
     .sample = sample},
};
constexpr ExpansionRule rules[] = {{"Binarizer", expand}};

}  // namespace

std::span<const OpDef> binarizer_ops();
std::span<const OpDef> binarizer_ops() { return family; }
std::span<const ExpansionRule> binarizer_expansions();
std::span<const ExpansionRule> binarizer_expansions() { return rules; }

}  // namespace mote::ops
