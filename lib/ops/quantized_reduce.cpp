// QuantizedReduceSum: sum over axes of quantized elements, s8 or s16; a mean has its count inside the multiplier.
// Without `axes`, or with an empty list, every axis is reduced. Value: codegen/kernels/quantized_reduce.hpp; that it
// needs no more than 32 bits before the last multiplication is proven.
#include "lib/ops/support/axes.hpp"
#include "lib/ops/support/bounds.hpp"
#include "lib/ops/support/expect.hpp"
#include "lib/ops/support/operand_interval.hpp"
#include "lib/ops/support/reduction_loops.hpp"
#include "lib/ops/support/requantize.hpp"
#include "lib/ops/support/sampling.hpp"
#include "lib/ops/support/types.hpp"

namespace mote::ops {
namespace {

constexpr AttrSpec reduce_attrs[] = {accumulator_shift_attr,
                                     {.name = "axes", .kind = AttrKind::integers},
                                     highest_attr,
                                     {.name = "keepdims", .fallback = std::int64_t{1}, .lowest = 0, .highest = 1},
                                     lowest_attr,
                                     multiplier_attr("multiplier"),
                                     int32_attr("offset"),
                                     output_bits_attr};

Result<std::vector<bool>> reduced_axes(const OpView& op) {
  const std::size_t rank = op.in(0).shape.rank();
  if (!op.has("axes") || op.integers("axes").empty()) return std::vector<bool>(rank, true);
  MOTE_TRY(const auto axes, normalized_axes(op, "axes", op.integers("axes"), rank));
  std::vector<bool> reduced(rank, false);
  for (const std::size_t axis : axes) reduced[axis] = true;
  return reduced;
}

Result<Types> infer(const OpView& op) {
  MOTE_TRY_STATUS(expect_activation(op, 0, "x"));
  MOTE_TRY(const OutputLimits limits, output_limits(op));
  MOTE_TRY(const auto reduced, reduced_axes(op));
  const Shape& shape = op.in(0).shape;
  const std::int64_t count = reduction_nest(shape, reduced).reduced.count();
  MOTE_TRY_STATUS(expect_accumulator(op, "the sum of " + std::to_string(count) + " elements",
                                     operand_interval(op, 0) * point(count), op.integer("offset")));
  MOTE_TRY(TensorType type, make_type(op, limits.dtype, reduced_extents(shape, reduced, op.integer("keepdims") != 0)));
  return Types{std::move(type)};
}

IntegerBounds bounds(const OpView& op, Intervals inputs) {
  const std::int64_t count = reduction_nest(op.in(0).shape, *reduced_axes(op)).reduced.count();
  const Interval complete = inputs[0] * point(count);
  const Interval from_zero = (inputs[0] + point(-1) * zero_point_of(op.in(0))) * point(count);
  const RequantizedSum sum{.reached = hull(complete, point(0)),
                           .complete = complete,
                           .offset = op.integer("offset"),
                           .multiplier = op.integer("multiplier"),
                           .rounding = nearest_rounding(op, from_zero, op.integer("multiplier"))};
  return bounds_of_requantized(op, {&sum, 1});
}

void eval(const OpView& op, Operands in, Outputs out) {
  const ReductionNest nest = reduction_nest(in[0]->shape, *reduced_axes(op));
  const Requantization requantized = requantization_of(op);
  const std::vector<std::int64_t> x = in[0]->to_integers();
  std::vector<std::int64_t> y;
  for_each_offset(nest.kept, [&](std::int64_t first) {
    std::int64_t sum = 0;
    for_each_offset(nest.reduced, [&](std::int64_t at) { sum += x[static_cast<std::size_t>(first + at)]; });
    y.push_back(requantized(sum, op.integer("multiplier")));
  });
  store_integers(y, out[0]);
}

Result<KernelCall> lower(const OpView& op, const Target&) {
  KernelCall call{.header = "quantized_reduce",
                  .kernel = "quantized_reduce_sum",
                  .operands = {op.node.inputs[0], op.node.outputs[0]}};
  append_reduction_fields(call, reduction_nest(op.in(0).shape, *reduced_axes(op)));
  append_requantize_fields(op, call);
  call.fields.insert(call.fields.end(),
                     {{"offset", field(op.integer("offset"))}, {"multiplier", field(op.integer("multiplier"))}});
  return call;
}

Sample sample(Rng& rng) {
  const Shape from = random_shape(rng, 0, 6, 3);
  const DType dtype = rng.chance(3) ? DType::s16 : DType::s8;
  Sample sample{.attrs = {}, .inputs = {sample_activation(dtype, extents_of(from))}};
  std::vector<std::int64_t> axes;
  std::int64_t count = 1;
  for (std::size_t axis = 0; axis < from.rank(); ++axis)
    if (rng.chance(2)) {
      axes.push_back(random_spelling(rng, axis, from.rank()));
      count *= from[axis];
    }
  if (axes.empty()) count = from.elements();
  if (!axes.empty() || rng.chance(2)) sample.attrs["axes"] = axes;
  sample.attrs["keepdims"] = rng.integer(0, 1);
  const std::int64_t output_bits = sample_output_limits(rng, sample.attrs);
  const Interval sums = interval_of(dtype) * point(count);
  const std::int64_t shift = rng.integer(0, greatest_shift(sums) - 1);
  sample.attrs["accumulator_shift"] = shift;
  sample.attrs["multiplier"] = sample_multiplier(rng, sums, shift, output_bits);
  sample.attrs["offset"] = rng.integer(-(std::int64_t{1} << 29), std::int64_t{1} << 29);
  return sample;
}

constexpr OpDef family[] = {
    {.name = "QuantizedReduceSum",
     .summary = "sum or mean over axes of quantized elements",
     .attrs = reduce_attrs,
     .infer = infer,
     .eval = eval,
     .bounds = bounds,
     .lower = lower,
     .sample = sample},
};

}  // namespace

std::span<const OpDef> quantized_reduce_ops();
std::span<const OpDef> quantized_reduce_ops() { return family; }

}  // namespace mote::ops
