// ArrayFeatureExtractor (ai.onnx.ml 1): the columns of X that Y names, whatever Y's shape; of a vector a matrix with one
// row. Indices outside are treated as by Gather.
#include "lib/ops/support/expanded.hpp"
#include "lib/ops/support/expect.hpp"
#include "lib/ops/support/expect_dtype.hpp"
#include "lib/ops/support/feature_rows.hpp"
#include "lib/ops/support/real_form.hpp"
#include "lib/ops/support/sampling.hpp"

namespace mote::ops {
namespace {

Expansion expand(const OpView& op) {
  Expansion expansion;
  const std::int64_t count = op.in(1).shape.elements();
  const auto indices = add_reshape(expansion, Expansion::input(1), {count});
  auto z = expansion.add("Gather", {Expansion::input(0), indices}, {{"axis", std::int64_t{-1}}});
  if (op.in(0).shape.rank() == 1) z = add_reshape(expansion, z, {1, count});
  expansion.results = {z};
  return expansion;
}

Status check_columns(const OpView& op) {
  if (!op.is_constant(1)) return Ok{};
  const std::int64_t columns = feature_rows(op, 0).features;
  for (const std::int64_t column : op.constant(1).to_integers())
    if (column < 0 || column >= columns)
      return at(op, Code::attribute_range, "input 'Y' names column " + std::to_string(column) + " of " + std::to_string(columns));
  return Ok{};
}

Result<Types> infer(const OpView& op) {
  MOTE_TRY_STATUS(expect_rank(op, 0, "X", 1));
  MOTE_TRY_STATUS(expect_dtype(op, 1, "Y", {DType::s64}));
  if (op.in(1).shape.elements() == 0) return at(op, Code::shape_mismatch, "input 'Y' names no column");
  MOTE_TRY_STATUS(check_columns(op));
  return infer_expanded(op, expand(op));
}

void eval(const OpView& op, Operands in, Outputs out) {
  eval_expanded(op, expand(op), in, out, Precision::reference);
}

Sample sample(Rng& rng) {
  const Shape x = random_shape(rng, 1, 3, 5);
  const std::int64_t columns = x[x.rank() - 1], count = rng.integer(1, 4);
  std::vector<std::int64_t> picked;
  for (std::int64_t i = 0; i < count; ++i) picked.push_back(rng.integer(0, columns - 1));
  return {.attrs = {},
          .inputs = {{.type = {.dtype = random_dtype(rng), .shape = x}},
                     integer_constant(DType::s64, rng.chance(2) ? shape_of({1, count}) : shape_of({count}), picked)}};
}

constexpr OpDef family[] = {
    {.name = "ArrayFeatureExtractor",
     .summary = "the columns with given positions",
     .onnx = {.name = "ArrayFeatureExtractor", .domain = "ai.onnx.ml", .since = 1, .until = 5},
     .arity = {.min_in = 2, .max_in = 2},
     .infer = infer,
     .eval = eval,
     .sample = sample},
};
constexpr ExpansionRule rules[] = {{"ArrayFeatureExtractor", expand}};

}  // namespace

std::span<const OpDef> array_feature_extractor_ops();
std::span<const OpDef> array_feature_extractor_ops() { return family; }
std::span<const ExpansionRule> array_feature_extractor_expansions();
std::span<const ExpansionRule> array_feature_extractor_expansions() { return rules; }

}  // namespace mote::ops
