// LayerNormalization (ONNX 17, by ONNX Runtime under the same name since 1), InstanceNormalization (1..6), GroupNormalization (18, 21), RMSNormalization (23),
// MeanVarianceNormalization (9..13), LpNormalization (1), all defined by Normalize, mote's core normalization
// (lib/ops/normalize.cpp): they differ in the axes of a row and in how parameters lie along them.
//   GroupNormalization has parameters per group before opset 21 and per channel since, which their number tells.
//   MeanVarianceNormalization adds 1e-9 to the deviation; here 1e-18 to the variance.
//   LpNormalization of order 2 is x / sqrt(count * (mean of squares)); of nothing but zeros it is zero, as in ONNX Runtime.
#include <cmath>

#include "lib/ops/support/axes.hpp"
#include "lib/ops/support/expanded.hpp"
#include "lib/ops/support/expect.hpp"
#include "lib/ops/support/expect_dtype.hpp"
#include "lib/ops/support/real_form.hpp"
#include "lib/ops/support/sampling.hpp"

namespace mote::ops {
namespace {

using Extents = std::vector<std::int64_t>;

constexpr float no_division_by_zero = 1e-30F;
constexpr AttrSpec axis_attr{.name = "axis", .fallback = std::int64_t{-1}};
constexpr AttrSpec epsilon_attr{.name = "epsilon", .kind = AttrKind::real, .fallback = 1e-5F, .lowest = 0.0};
// What sums are kept in: there is no difference for f32.
constexpr AttrSpec stash_type_attr{.name = "stash_type", .fallback = std::int64_t{1}, .lowest = 0, .highest = 32};
constexpr AttrSpec layer_attrs[] = {axis_attr, epsilon_attr, stash_type_attr};
constexpr AttrSpec instance_attrs[] = {epsilon_attr};
constexpr AttrSpec group_attrs[] = {
    epsilon_attr, {.name = "num_groups", .required = true, .lowest = 1, .highest = 1 << 24}, stash_type_attr};
constexpr std::int64_t image_axes_default[] = {0, 2, 3};
constexpr AttrSpec mean_variance_attrs[] = {
    {.name = "axes", .kind = AttrKind::integers, .fallback = std::span<const std::int64_t>(image_axes_default)}};
constexpr AttrSpec lp_attrs[] = {axis_attr, {.name = "p", .fallback = std::int64_t{2}, .lowest = 1, .highest = 2}};

Expansion::Ref reshape(Expansion& expansion, Expansion::Ref x, Extents shape) {
  return expansion.add("Reshape", {x}, {{"shape", std::move(shape)}, {"allowzero", std::int64_t{1}}});
}

Extents axes_from(std::size_t first, std::size_t rank) {
  Extents axes;
  for (std::size_t axis = first; axis < rank; ++axis) axes.push_back(static_cast<std::int64_t>(axis));
  return axes;
}

Attrs normalize_attrs(Extents axes, float epsilon, bool center) {
  return {{"axes", std::move(axes)}, {"center", std::int64_t{center}}, {"epsilon", epsilon}};
}

// Operand i with leading extents of 1, up to the rank of x.
Expansion::Ref with_rank(const OpView& op, Expansion& expansion, std::size_t i, std::size_t rank) {
  Extents extents = extents_of(op.in(i).shape);
  extents.insert(extents.begin(), rank - extents.size(), 1);
  return reshape(expansion, Expansion::input(i), std::move(extents));
}

// A scale and a bias that differ in shape are applied one after the other.
Expansion::Ref layer_parameters(const OpView& op, Expansion& expansion, const Attrs& attrs) {
  const std::size_t rank = op.in(0).shape.rank();
  const bool together = !op.has_in(2) || op.in(1).shape == op.in(2).shape;
  std::vector<Expansion::Ref> operands{Expansion::input(0), with_rank(op, expansion, 1, rank)};
  if (op.has_in(2) && together) operands.push_back(with_rank(op, expansion, 2, rank));
  const auto y = expansion.add("Normalize", std::move(operands), attrs);
  return together ? y : expansion.add("Add", {y, Expansion::input(2)});
}

// Results 1 and 2: the mean, and one by the deviation.
void add_statistics(const OpView& op, Expansion& expansion, const Extents& axes) {
  const Attrs along{{"axes", axes}};
  const auto mean = expansion.add("ReduceMean", {Expansion::input(0)}, along);
  const auto distance = expansion.add("Sub", {Expansion::input(0), mean});
  const auto variance = expansion.add("ReduceMean", {expansion.add("Mul", {distance, distance})}, along);
  const auto epsilon = expansion.constant(f32_scalar(op.real("epsilon")));
  const auto deviation = expansion.add("Sqrt", {expansion.add("Add", {variance, epsilon})});
  expansion.results.push_back(mean);
  expansion.results.push_back(expansion.add("Reciprocal", {deviation}));
}

bool is_rms(const OpView& op) { return op.node.op->name == "RMSNormalization"; }

Expansion expand_layer(const OpView& op) {
  Expansion expansion;
  const std::size_t rank = op.in(0).shape.rank();
  const Extents axes = axes_from(checked_axis(op, "axis", rank), rank);
  const auto y = layer_parameters(op, expansion, normalize_attrs(axes, op.real("epsilon"), !is_rms(op)));
  expansion.results = {y};
  if (op.node.outputs.size() > 1) add_statistics(op, expansion, axes);
  return expansion;
}

// Parameters [C] along axis 1 of `rank`.
Expansion::Ref per_channel(const OpView& op, Expansion& expansion, std::size_t i, std::size_t rank) {
  Extents extents(rank, 1);
  extents[1] = op.in(i).shape.elements();
  return reshape(expansion, Expansion::input(i), std::move(extents));
}

Expansion expand_instance(const OpView& op) {
  Expansion expansion;
  const std::size_t rank = op.in(0).shape.rank();
  const auto scale = per_channel(op, expansion, 1, rank), bias = per_channel(op, expansion, 2, rank);
  expansion.results = {expansion.add("Normalize", {Expansion::input(0), scale, bias},
                                     normalize_attrs(axes_from(2, rank), op.real("epsilon"), true))};
  return expansion;
}

// x [N,C,...] as [N,groups,C/groups,rest].
Expansion expand_group(const OpView& op) {
  Expansion expansion;
  const Shape& x = op.in(0).shape;
  const std::int64_t groups = op.integer("num_groups"), channels = x[1] / groups;
  const auto split = reshape(expansion, Expansion::input(0), {x[0], groups, channels, product(x.extents().subspan(2))});
  const auto parameters = [&](std::size_t i) {
    const std::int64_t count = op.in(i).shape.elements();
    return reshape(expansion, Expansion::input(i), {1, groups, count / groups, 1});
  };
  const auto scale = parameters(1), bias = parameters(2);
  const auto y = expansion.add("Normalize", {split, scale, bias}, normalize_attrs({2, 3}, op.real("epsilon"), true));
  expansion.results = {reshape(expansion, y, extents_of(x))};
  return expansion;
}

Expansion expand_mean_variance(const OpView& op) {
  Expansion expansion;
  expansion.results = {expansion.add("Normalize", {Expansion::input(0)}, normalize_attrs(op.integers("axes"), 1e-18F, true))};
  return expansion;
}

Expansion expand_lp(const OpView& op) {
  Expansion expansion;
  const Shape& x = op.in(0).shape;
  const Extents axes{static_cast<std::int64_t>(checked_axis(op, "axis", x.rank()))};
  if (op.integer("p") == 1) {
    const auto norm = expansion.add("ReduceL1", {Expansion::input(0)}, {{"axes", axes}});
    expansion.results = {expansion.add("Div", {Expansion::input(0), norm})};
    return expansion;
  }
  Tensor scale = Tensor::zeros(DType::f32, shape_of(Extents(x.rank(), 1)));
  scale.as<float>()[0] =
      static_cast<float>(1.0 / std::sqrt(static_cast<double>(x[static_cast<std::size_t>(axes[0])])));
  expansion.results = {expansion.add("Normalize", {Expansion::input(0), expansion.constant(std::move(scale))},
                                     normalize_attrs(axes, no_division_by_zero, false))};
  return expansion;
}

Status expect_parameters(const OpView& op, std::size_t first) {
  MOTE_TRY_STATUS(expect_dtype(op, 0, "X", {DType::f32}));
  for (std::size_t i = first; i < op.node.inputs.size(); ++i)
    if (op.has_in(i)) MOTE_TRY_STATUS(expect_dtype(op, i, i == 1 ? "scale" : "bias", {DType::f32}));
  return Ok{};
}

// One element for each channel, or of GroupNormalization for each group.
Status expect_per_channel(const OpView& op, std::int64_t alternative) {
  MOTE_TRY_STATUS(expect_parameters(op, 1));
  MOTE_TRY_STATUS(expect_rank(op, 0, "X", 3));
  for (const std::size_t i : {1U, 2U}) {
    const std::int64_t found = op.in(i).shape.elements();
    if (op.in(i).shape.rank() != 1 || (found != op.in(0).shape[1] && found != alternative))
      return at(op, Code::shape_mismatch,
                "parameter " + std::to_string(i) + " is " + op.in(i).shape.text() + ", expected " +
                    std::to_string(op.in(0).shape[1]) + " elements, one for each channel");
  }
  return Ok{};
}

Result<Types> infer_layer(const OpView& op) {
  MOTE_TRY_STATUS(expect_parameters(op, 1));
  const Shape& x = op.in(0).shape;
  MOTE_TRY([[maybe_unused]] const std::size_t axis, normalized_axis(op, "axis", op.integer("axis"), x.rank()));
  for (std::size_t i = 1; i < op.node.inputs.size(); ++i)
    if (op.has_in(i)) MOTE_TRY_STATUS(expect_rank(op, i, i == 1 ? "scale" : "bias", 0, x.rank()));
  return infer_expanded(op, expand_layer(op));
}
Result<Types> infer_instance(const OpView& op) {
  MOTE_TRY_STATUS(expect_per_channel(op, op.in(0).shape.rank() > 1 ? op.in(0).shape[1] : 0));
  return infer_expanded(op, expand_instance(op));
}
Result<Types> infer_group(const OpView& op) {
  MOTE_TRY_STATUS(expect_per_channel(op, op.integer("num_groups")));
  if (op.in(0).shape[1] % op.integer("num_groups") != 0)
    return at(op, Code::shape_mismatch,
              std::to_string(op.in(0).shape[1]) + " channels cannot be split into " +
                  std::to_string(op.integer("num_groups")) + " groups");
  return infer_expanded(op, expand_group(op));
}
Result<Types> infer_mean_variance(const OpView& op) {
  MOTE_TRY_STATUS(expect_dtype(op, 0, "X", {DType::f32}));
  return infer_expanded(op, expand_mean_variance(op));
}
Result<Types> infer_lp(const OpView& op) {
  MOTE_TRY_STATUS(expect_dtype(op, 0, "input", {DType::f32}));
  MOTE_TRY([[maybe_unused]] const std::size_t axis, normalized_axis(op, "axis", op.integer("axis"), op.in(0).shape.rank()));
  return infer_expanded(op, expand_lp(op));
}

template <Expansion (*expand)(const OpView&)>
void eval(const OpView& op, Operands in, Outputs out) {
  eval_expanded(op, expand(op), in, out, Precision::reference);
}

Sample::Input f32_input(Extents extents) { return {.type = {.dtype = DType::f32, .shape = shape_of(std::move(extents))}}; }

Sample sample_layer(Rng& rng) {
  const Shape x = random_shape(rng, 1, 4, 5);
  const auto axis = static_cast<std::size_t>(rng.integer(0, static_cast<std::int64_t>(x.rank()) - 1));
  const Extents extents = extents_of(x);
  const Extents row(extents.begin() + static_cast<std::ptrdiff_t>(axis), extents.end());
  Sample sample{.attrs = {{"axis", random_spelling(rng, axis, x.rank())}, {"epsilon", rng.real(0.01F, 0.5F)}},
                .inputs = {f32_input(extents), f32_input(row)}};
  if (rng.chance(2)) sample.inputs.push_back(f32_input(row));
  return sample;
}
Sample sample_rms(Rng& rng) {
  Sample sample = sample_layer(rng);
  sample.inputs.resize(2);
  return sample;
}
Sample sample_instance(Rng& rng) {
  const Shape x = random_shape(rng, 3, 5, 4);
  return {.attrs = {{"epsilon", rng.real(0.01F, 0.5F)}},
          .inputs = {f32_input(extents_of(x)), f32_input({x[1]}), f32_input({x[1]})}};
}
Sample sample_group(Rng& rng) {
  const std::int64_t groups = rng.integer(1, 3), channels = groups * rng.integer(1, 3);
  const std::int64_t parameters = rng.chance(2) ? groups : channels;
  return {.attrs = {{"epsilon", rng.real(0.01F, 0.5F)}, {"num_groups", groups}},
          .inputs = {f32_input({rng.integer(1, 2), channels, rng.integer(1, 4), rng.integer(1, 4)}),
                     f32_input({parameters}), f32_input({parameters})}};
}
Sample sample_mean_variance(Rng& rng) {
  return {.attrs = {}, .inputs = {f32_input({2, rng.integer(1, 4), rng.integer(2, 4), rng.integer(1, 4)})}};
}
Sample sample_lp(Rng& rng) {
  const Shape x = random_shape(rng, 1, 4, 5);
  const auto axis = static_cast<std::size_t>(rng.integer(0, static_cast<std::int64_t>(x.rank()) - 1));
  Sample sample{.attrs = {{"axis", random_spelling(rng, axis, x.rank())}, {"p", rng.integer(1, 2)}},
                .inputs = {f32_input(extents_of(x))}};
  sample.inputs[0].low = 0.5F;
  return sample;
}

constexpr OpDef family[] = {
    {.name = "GroupNormalization",
     .summary = "groups of channels of mean 0 and variance 1",
     .onnx = {.name = "GroupNormalization", .domain = "", .since = 18, .until = 21},
     .arity = {.min_in = 3, .max_in = 3},
     .attrs = group_attrs,
     .infer = infer_group,
     .eval = eval<expand_group>,
     .sample = sample_group},
    {.name = "InstanceNormalization",
     .summary = "channels of mean 0 and variance 1",
     .onnx = {.name = "InstanceNormalization", .domain = "", .since = 1, .until = 22},
     .arity = {.min_in = 3, .max_in = 3},
     .attrs = instance_attrs,
     .infer = infer_instance,
     .eval = eval<expand_instance>,
     .sample = sample_instance},
    {.name = "LayerNormalization",
     .summary = "trailing axes of mean 0 and variance 1",
     .onnx = {.name = "LayerNormalization", .domain = "", .since = 1, .until = 17},
     .arity = {.min_in = 2, .max_in = 3, .max_out = 3},
     .attrs = layer_attrs,
     .infer = infer_layer,
     .eval = eval<expand_layer>,
     .sample = sample_layer},
    {.name = "LpNormalization",
     .summary = "elements along an axis divided by their norm",
     .onnx = {.name = "LpNormalization", .domain = "", .since = 1, .until = 22},
     .attrs = lp_attrs,
     .infer = infer_lp,
     .eval = eval<expand_lp>,
     .sample = sample_lp},
    {.name = "MeanVarianceNormalization",
     .summary = "elements along axes of mean 0 and variance 1",
     .onnx = {.name = "MeanVarianceNormalization", .domain = "", .since = 9, .until = 13},
     .attrs = mean_variance_attrs,
     .infer = infer_mean_variance,
     .eval = eval<expand_mean_variance>,
     .sample = sample_mean_variance},
    {.name = "RMSNormalization",
     .summary = "trailing axes divided by the root of the mean of their squares",
     .onnx = {.name = "RMSNormalization", .domain = "", .since = 23, .until = 23},
     .arity = {.min_in = 2, .max_in = 2},
     .attrs = layer_attrs,
     .infer = infer_layer,
     .eval = eval<expand_layer>,
     .sample = sample_rms},
};
constexpr ExpansionRule rules[] = {{"GroupNormalization", expand_group},
                                   {"InstanceNormalization", expand_instance},
                                   {"LayerNormalization", expand_layer},
                                   {"LpNormalization", expand_lp},
                                   {"MeanVarianceNormalization", expand_mean_variance},
                                   {"RMSNormalization", expand_layer}};

}  // namespace

std::span<const OpDef> normalization_ops();
std::span<const OpDef> normalization_ops() { return family; }
std::span<const ExpansionRule> normalization_expansions();
std::span<const ExpansionRule> normalization_expansions() { return rules; }

}  // namespace mote::ops
