// Normalizer (ai.onnx.ml 1): rows divided by their largest element (MAX), by the sum of magnitudes (L1) or by the length
// (L2); a row for which that is 0 stays as it is. MAX is the element, not the magnitude, as in ONNX Runtime.
#include "lib/ops/support/enumerator.hpp"
#include "lib/ops/support/expanded.hpp"
#include "lib/ops/support/feature_rows.hpp"
#include "lib/ops/support/real_form.hpp"
#include "lib/ops/support/sampling.hpp"

namespace mote::ops {
namespace {

enum class Norm : std::uint8_t { largest, l1, l2 };
constexpr std::array<std::string_view, 3> norm_words{"MAX", "L1", "L2"};
constexpr std::array<std::string_view, 3> reductions{"ReduceMax", "ReduceL1", "ReduceL2"};

constexpr AttrSpec normalizer_attrs[] = {{.name = "norm", .kind = AttrKind::text, .fallback = std::string_view("MAX")}};

Result<Norm> norm_of(const OpView& op) { return enumerator<Norm>(op, "norm", op.text("norm"), norm_words); }

Expansion expand(const OpView& op) {
  Expansion expansion;
  const FeatureRows rows = feature_rows(op, 0);
  const auto x = add_feature_rows(op, expansion, 0);
  const auto norm = expansion.add(reductions[static_cast<std::size_t>(*norm_of(op))], {x},
                                  {{"axes", std::vector<std::int64_t>{1}}});
  const auto is_zero = expansion.add("Equal", {norm, expansion.constant(f32_scalar(0.0F))});
  const auto divisor = expansion.add("Where", {is_zero, expansion.constant(f32_scalar(1.0F)), norm});
  auto y = expansion.add("Div", {x, divisor});
  if (op.in(0).shape.rank() == 1) y = add_reshape(expansion, y, {rows.features});
  expansion.results = {y};
  return expansion;
}

Result<Types> infer(const OpView& op) {
  MOTE_TRY_STATUS(expect_feature_rows(op, 0, "X"));
  MOTE_TRY([[maybe_unused]] const Norm norm, norm_of(op));
  return infer_expanded(op, expand(op));
}

void eval(const OpView& op, Operands in, Outputs out) {
  eval_expanded(op, expand(op), in, out, Precision::reference);
}

Sample sample(Rng& rng) {
  return {.attrs = {{"norm", std::string(norm_words[static_cast<std::size_t>(rng.integer(0, 2))])}},
          .inputs = {sample_feature_rows(rng, rng.integer(1, 6))}};
}

constexpr OpDef family[] = {
    {.name = "Normalizer",
     .summary = "rows divided by their maximum, sum of magnitudes or length",
     .onnx = {.name = "Normalizer", .domain = "ai.onnx.ml", .since = 1, .until = 5},
     .attrs = normalizer_attrs,
     .infer = infer,
     .eval = eval,
     .sample = sample},
};
constexpr ExpansionRule rules[] = {{"Normalizer", expand}};

}  // namespace

std::span<const OpDef> normalizer_ops();
std::span<const OpDef> normalizer_ops() { return family; }
std::span<const ExpansionRule> normalizer_expansions();
std::span<const ExpansionRule> normalizer_expansions() { return rules; }

}  // namespace mote::ops
