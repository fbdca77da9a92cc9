// Hardmax (ONNX 1..13): 1 where the first maximum along one axis lies, else 0; before opset 13 along `axis` and all axes
// after it at once. Defined by ArgMax and a comparison of positions.
#include <numeric>

#include "lib/ops/support/axes.hpp"
#include "lib/ops/support/expanded.hpp"
#include "lib/ops/support/expect_dtype.hpp"
#include "lib/ops/support/real_form.hpp"
#include "lib/ops/support/sampling.hpp"

namespace mote::ops {
namespace {

constexpr std::int64_t onnx_f32 = 1;  // TensorProto.DataType
// `flatten` is mote's own: 1 for the meaning that `axis` had before opset 13.
constexpr AttrSpec hardmax_attrs[] = {{.name = "axis", .fallback = std::int64_t{-1}},
                                      {.name = "flatten", .fallback = std::int64_t{0}, .lowest = 0, .highest = 1}};

void adapt(std::int64_t opset, Attrs& attrs) {
  attrs["flatten"] = std::int64_t{opset < 13 ? 1 : 0};
  if (opset < 13) attrs.emplace("axis", std::int64_t{1});
}

// x as [outer, row, inner], of which the maximum along the middle is marked.
Expansion expand(const OpView& op) {
  Expansion expansion;
  const Shape& shape = op.in(0).shape;
  AxisSplit rows = split_at(shape, checked_axis(op, "axis", shape.rank()));
  if (op.integer("flatten") != 0) {
    rows.extent *= rows.inner;
    rows.inner = 1;
  }
  const auto reshape = [&](Expansion::Ref x, std::vector<std::int64_t> extents) {
    return expansion.add("Reshape", {x}, {{"shape", std::move(extents)}, {"allowzero", std::int64_t{1}}});
  };
  Tensor positions = Tensor::zeros(DType::s64, shape_of({rows.extent, 1}));
  std::iota(positions.as<std::int64_t>().begin(), positions.as<std::int64_t>().end(), std::int64_t{0});
  const auto x = reshape(Expansion::input(0), {rows.outer, rows.extent, rows.inner});
  const auto largest = expansion.add("ArgMax", {x}, {{"axis", std::int64_t{1}}, {"keepdims", std::int64_t{1}}});
  const auto marked = expansion.add("Equal", {largest, expansion.constant(std::move(positions))});
  const auto real = expansion.add("Cast", {marked}, {{"to", onnx_f32}});
  expansion.results = {reshape(real, extents_of(shape))};
  return expansion;
}

Result<Types> infer(const OpView& op) {
  MOTE_TRY_STATUS(expect_dtype(op, 0, "input", {DType::f32}));
  MOTE_TRY([[maybe_unused]] const std::size_t axis, normalized_axis(op, "axis", op.integer("axis"), op.in(0).shape.rank()));
  return infer_expanded(op, expand(op));
}

void eval(const OpView& op, Operands in, Outputs out) {
  eval_expanded(op, expand(op), in, out, Precision::reference);
}

Sample sample(Rng& rng) {
  const Shape shape = random_shape(rng, 1, 4, 5);
  const auto axis = static_cast<std::size_t>(rng.integer(0, static_cast<std::int64_t>(shape.rank()) - 1));
  return {.attrs = {{"axis", random_spelling(rng, axis, shape.rank())}, {"flatten", rng.integer(0, 1)}},
          .inputs = {{.type = {.dtype = DType::f32, .shape = shape}}}};
}

constexpr OpDef family[] = {
    {.name = "Hardmax",
     .summary = "1 at the first maximum along an axis, else 0",
     .onnx = {.name = "Hardmax", .domain = "", .since = 1, .until = 13},
     .attrs = hardmax_attrs,
     .adapt = adapt,
     .infer = infer,
     .eval = eval,
     .sample = sample},
};
constexpr ExpansionRule rules[] = {{"Hardmax", expand}};

}  // namespace

std::span<const OpDef> hardmax_ops();
std::span<const OpDef> hardmax_ops() { return family; }
std::span<const ExpansionRule> hardmax_expansions();
std::span<const ExpansionRule> hardmax_expansions() { return rules; }

}  // namespace mote::ops
