// Gelu of com.microsoft: what ONNX has as Gelu since opset 20, without its approximation. Exporters of older opsets use it.
#include "lib/ops/support/expanded.hpp"
#include "lib/ops/support/expect_dtype.hpp"
#include "lib/ops/support/real_form.hpp"
#include "lib/ops/support/sampling.hpp"

namespace mote::ops {
namespace {

Expansion expand(const OpView&) {
  Expansion expansion;
  expansion.results = {expansion.add("Gelu", {Expansion::input(0)}, {{"approximate", std::string("none")}})};
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
  return {.attrs = {}, .inputs = {{.type = {.dtype = DType::f32, .shape = random_shape(rng, 0, 4, 5)}}}};
}

constexpr OpDef family[] = {
    {.name = "MicrosoftGelu",
     .summary = "x times the probability that a normal variable is below it",
     .onnx = {.name = "Gelu", .domain = "com.microsoft", .since = 1, .until = 1},
     .infer = infer,
     .eval = eval,
     .sample = sample},
};
constexpr ExpansionRule rules[] = {{"MicrosoftGelu", expand}};

}  // namespace

std::span<const OpDef> microsoft_gelu_ops();
std::span<const OpDef> microsoft_gelu_ops() { return family; }
std::span<const ExpansionRule> microsoft_gelu_expansions();
std::span<const ExpansionRule> microsoft_gelu_expansions() { return rules; }

}  // namespace mote::ops
