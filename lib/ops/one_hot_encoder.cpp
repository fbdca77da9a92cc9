// OneHotEncoder (ai.onnx.ml 1): for each element 1 at the position of its category, else 0; the categories become a new
// last axis. Floats are cut to integers first. An element of no category is all zeros: firmware has no place for the
// failure that `zeros` = 0 asks for at run time.
#include <set>

#include "lib/ops/support/expanded.hpp"
#include "lib/ops/support/expect.hpp"
#include "lib/ops/support/expect_dtype.hpp"
#include "lib/ops/support/feature_rows.hpp"
#include "lib/ops/support/model_attributes.hpp"
#include "lib/ops/support/real_form.hpp"
#include "lib/ops/support/sampling.hpp"
#include "lib/ops/support/tree_attributes.hpp"

namespace mote::ops {
namespace {

constexpr AttrSpec encoder_attrs[] = {{.name = "cats_int64s", .kind = AttrKind::integers},
                                      {.name = "cats_strings", .kind = AttrKind::text},
                                      {.name = "zeros", .fallback = std::int64_t{1}, .lowest = 0, .highest = 1}};

Expansion expand(const OpView& op) {
  Expansion expansion;
  const std::vector<std::int64_t> categories = integer_list(op, "cats_int64s");
  std::vector<std::int64_t> extents = extents_of(op.in(0).shape);
  extents.push_back(1);
  auto x = Expansion::input(0);
  if (op.in(0).dtype != DType::s64) x = add_cast(expansion, x, DType::s64);
  const auto known = expansion.constant(s64_tensor({static_cast<std::int64_t>(categories.size())}, categories));
  const auto equal = expansion.add("Equal", {add_reshape(expansion, x, std::move(extents)), known});
  expansion.results = {add_cast(expansion, equal, DType::f32)};
  return expansion;
}

Result<Types> infer(const OpView& op) {
  MOTE_TRY_STATUS(expect_dtype(op, 0, "X", {DType::f32, DType::f64, DType::s32, DType::s64}));
  MOTE_TRY_STATUS(expect_rank(op, 0, "X", 0, Shape::max_rank - 1));
  const std::vector<std::int64_t> categories = integer_list(op, "cats_int64s");
  if (!word_list(op, "cats_strings").empty())
    return at(op, Code::unsupported_form, "the categories are strings, expected integers",
              {"number the categories before training: firmware has no strings"});
  if (categories.empty()) return at(op, Code::attribute_range, "has no categories", {"set cats_int64s"});
  std::set<std::int64_t> distinct;
  for (const std::int64_t category : categories)
    if (!distinct.insert(category).second) return listed_twice(op, "cats_int64s", std::to_string(category));
  return infer_expanded(op, expand(op));
}

void eval(const OpView& op, Operands in, Outputs out) {
  eval_expanded(op, expand(op), in, out, Precision::reference);
}

Sample sample(Rng& rng) {
  return {.attrs = {{"cats_int64s", std::vector<std::int64_t>{2, 0, -1, 3}}},
          .inputs = {{.type = {.dtype = rng.chance(2) ? DType::s64 : DType::f32, .shape = random_shape(rng, 1, 2, 4)}}}};
}

constexpr OpDef family[] = {
    {.name = "OneHotEncoder",
     .summary = "1 at the position of an element's category, else 0",
     .onnx = {.name = "OneHotEncoder", .domain = "ai.onnx.ml", .since = 1, .until = 5},
     .attrs = encoder_attrs,
     .infer = infer,
     .eval = eval,
     .sample = sample},
};
constexpr ExpansionRule rules[] = {{"OneHotEncoder", expand}};

}  // namespace

std::span<const OpDef> one_hot_encoder_ops();
std::span<const OpDef> one_hot_encoder_ops() { return family; }
std::span<const ExpansionRule> one_hot_encoder_expansions();
std::span<const ExpansionRule> one_hot_encoder_expansions() { return rules; }

}  // namespace mote::ops
