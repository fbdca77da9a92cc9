// LRN (ONNX 1..13): y = x / (bias + alpha / size * (sum of x^2 over `size` neighbouring channels))^beta, channels along
// axis 1; channel c looks at those from c - floor((size - 1) / 2) on. Defined by an average over a window of channels,
// which with its padding counts `size` terms always.
#include "lib/ops/support/axes.hpp"
#include "lib/ops/support/expanded.hpp"
#include "lib/ops/support/expect.hpp"
#include "lib/ops/support/expect_dtype.hpp"
#include "lib/ops/support/real_form.hpp"
#include "lib/ops/support/sampling.hpp"
#include "lib/ops/support/window.hpp"

namespace mote::ops {
namespace {

constexpr AttrSpec response_attrs[] = {
    {.name = "alpha", .kind = AttrKind::real, .fallback = 1e-4F},
    {.name = "beta", .kind = AttrKind::real, .fallback = 0.75F},
    {.name = "bias", .kind = AttrKind::real, .fallback = 1.0F},
    {.name = "size", .required = true, .lowest = 1, .highest = window_limit}};

Expansion expand(const OpView& op) {
  Expansion expansion;
  const auto x = Expansion::input(0);
  const Shape& shape = op.in(0).shape;
  const std::int64_t size = op.integer("size"), before = (size - 1) / 2;
  const auto reshape = [&](Expansion::Ref value, std::vector<std::int64_t> extents) {
    return expansion.add("Reshape", {value}, {{"shape", std::move(extents)}, {"allowzero", std::int64_t{1}}});
  };
  const auto number = [&](float value) { return expansion.constant(f32_scalar(value)); };
  const auto squares = expansion.add("Mul", {x, x});
  // Channels as the rows of an image.
  const auto rows = reshape(squares, {shape[0], 1, shape[1], product(shape.extents().subspan(2))});
  const auto mean = expansion.add("AveragePool", {rows},
                                  {{"count_include_pad", std::int64_t{1}},
                                   {"kernel_shape", std::vector<std::int64_t>{size, 1}},
                                   {"pads", std::vector<std::int64_t>{before, 0, size - 1 - before, 0}}});
  const auto scaled = expansion.add("Mul", {reshape(mean, extents_of(shape)), number(op.real("alpha"))});
  const auto response = expansion.add("Add", {scaled, number(op.real("bias"))});
  const auto factor = expansion.add("Pow", {response, number(-op.real("beta"))});
  expansion.results = {expansion.add("Mul", {x, factor})};
  return expansion;
}

Result<Types> infer(const OpView& op) {
  MOTE_TRY_STATUS(expect_dtype(op, 0, "X", {DType::f32}));
  MOTE_TRY_STATUS(expect_rank(op, 0, "X", 2));
  return infer_expanded(op, expand(op));
}

void eval(const OpView& op, Operands in, Outputs out) {
  eval_expanded(op, expand(op), in, out, Precision::reference);
}

Sample sample(Rng& rng) {
  return {.attrs = {{"size", rng.integer(1, 5)},
                    {"alpha", rng.real(0.0F, 1.0F)},
                    {"beta", rng.real(0.25F, 1.0F)},
                    {"bias", rng.real(0.5F, 2.0F)}},
          .inputs = {{.type = {.dtype = DType::f32, .shape = random_shape(rng, 2, 4, 6)}}}};
}

constexpr OpDef family[] = {
    {.name = "LRN",
     .summary = "elements divided by a power of the mean square of neighbouring channels",
     .onnx = {.name = "LRN", .domain = "", .since = 1, .until = 13},
     .attrs = response_attrs,
     .infer = infer,
     .eval = eval,
     .sample = sample},
};
constexpr ExpansionRule rules[] = {{"LRN", expand}};

}  // namespace

std::span<const OpDef> local_response_ops();
std::span<const OpDef> local_response_ops() { return family; }
std::span<const ExpansionRule> local_response_expansions();
std::span<const ExpansionRule> local_response_expansions() { return rules; }

}  // namespace mote::ops
