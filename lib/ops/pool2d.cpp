// MaxPool2d and AveragePool2d: mote's core poolings, channels last: x [N,H,W,C] -> [N,OH,OW,C]. Attributes as in ONNX
// MaxPool and AveragePool, with `kernel` in place of kernel_shape. Values: codegen/kernels/pool2d_f32.hpp and
// pool2d_integer.hpp.
#include <algorithm>
#include <array>
#include <limits>

#include "lib/ops/gradient.hpp"
#include "lib/ops/support/bounds.hpp"
#include "lib/ops/support/expect.hpp"
#include "lib/ops/support/pool2d_form.hpp"
#include "lib/ops/support/pool_kernel.hpp"
#include "lib/ops/support/requantize.hpp"
#include "lib/ops/support/sampling.hpp"
#include "lib/ops/support/tiling.hpp"

namespace mote::ops {
namespace {

constexpr AttrSpec max_attrs[] = {pool_ceil_mode_attr, pool_dilations_attr, pool_kernel_attr, pool_pads_attr,
                                  pool_strides_attr};
constexpr AttrSpec average_attrs[] = {pool_ceil_mode_attr, pool_count_include_pad_attr,
                                      pool_dilations_attr, pool_kernel_attr,
                                      pool_pads_attr,      pool_strides_attr};

bool is_average(const OpView& op) { return op.node.op->name == "AveragePool2d"; }

Result<Types> infer(const OpView& op) {
  const DType dtype = op.in(0).dtype;
  if (is_average(op) ? dtype != DType::f32 : dtype == DType::boolean)
    return at(op, Code::unsupported_type,
              "input 'x' is " + type_text(op.in(0)) + ", expected " + (is_average(op) ? "f32" : "numbers"),
              {"ONNX AveragePool also computes in double precision"});
  MOTE_TRY(TensorType type, pool2d_type(op, dtype));
  return Types{std::move(type)};
}

void eval_max(const OpView& op, Operands in, Outputs out) {
  const Pooling pool = pool2d_pooling(op);
  visit_dtype(in[0]->dtype, [&]<class T>() { max_pool(pool, in[0]->as<T>().data(), out[0].as<T>().data(), nullptr); });
}

void eval_average(const OpView& op, Operands in, Outputs out) {
  const Pooling pool = pool2d_pooling(op);
  if (in[0]->dtype == DType::f64)
    average_pool(pool, in[0]->as<double>().data(), out[0].as<double>().data());
  else
    average_pool(pool, in[0]->as<float>().data(), out[0].as<float>().data());
}

Result<KernelCall> lower(const OpView& op, const Target& target) {
  const Pooling pool = pool2d_pooling(op);
  if (op.in(0).dtype == DType::f64) return pool_nd_call(op, pool, "max_pool_nd");
  if (op.in(0).dtype != DType::f32)
    return pool2d_call(op, pool, "pool2d_integer", "max_pool2d_integer", integer_lane_count(target, pool.channels));
  KernelCall call = pool2d_call(op, pool, "pool2d_f32", is_average(op) ? "average_pool2d_f32" : "max_pool2d_f32",
                                lane_count(target, pool.channels));
  call.fields.insert(call.fields.end(), {{"count_include_pad", pool.count_include_pad},
                                         {"clamp_low", false},
                                         {"clamp_high", false},
                                         {"lowest", 0.0F},
                                         {"highest", 0.0F}});
  return call;
}

// The maximum of a window without any element is the lowest value of the type.
IntegerBounds bounds_of_max(const OpView& op, Intervals inputs) {
  IntegerBounds bounds = bounds_of_moved(op, inputs);
  for_each_window(pool2d_pooling(op).window, [&](const auto&, const auto& taps, std::int64_t) {
    if (taps[1].size() <= 0 || taps[2].size() <= 0) bounds.output.lowest = interval_of(op.out(0).dtype).lowest;
  });
  return bounds;
}

Sample sample_max(Rng& rng) {
  constexpr std::array integers{DType::s8, DType::s16, DType::u8, DType::s32};
  if (rng.chance(2)) return sample_pool2d(rng, rng.chance(8) ? DType::f64 : DType::f32);
  Sample sample = sample_pool2d(rng, integers[static_cast<std::size_t>(rng.integer(0, 3))]);
  const DType dtype = sample.inputs[0].type.dtype;
  sample.inputs = {sample_activation(dtype, extents_of(sample.inputs[0].type.shape))};
  return sample;
}
Sample sample_average(Rng& rng) {
  Sample sample = sample_pool2d(rng, DType::f32);
  sample.attrs["count_include_pad"] = rng.integer(0, 1);
  return sample;
}

Attrs unfolding_of(const OpView& op) {
  Attrs attrs = op.node.attrs;
  attrs.erase("count_include_pad");
  return attrs;
}

Term folded(const OpView& op, Term taps) {
  Attrs attrs = unfolding_of(op);
  attrs["extents"] = std::vector{op.in(0).shape[1], op.in(0).shape[2]};
  return taps.builder->apply("Fold2d", {taps}, std::move(attrs));
}

// Something of the result's shape with an axis of taps: [N,OH,OW,1,C].
Term by_tap(const OpView& op, Term y) {
  const Shape& shape = op.out(0).shape;
  return reshaped(y, {shape[0], shape[1], shape[2], 1, shape[3]});
}

// Equal maxima of a window share the gradient; the padding never wins.
void gradient_of_max(const OpView& op, GradientBuilder& builder) {
  Attrs attrs = unfolding_of(op);
  attrs["outside"] = -std::numeric_limits<float>::infinity();
  const Term taps = builder.apply("Unfold2d", {builder.operand(0)}, std::move(attrs));
  const Term one = builder.scalar(1.0F, op.in(0).dtype);
  const Term winners = choose(equal(taps, by_tap(op, builder.result())), one, 0.0F);
  builder.give(0, folded(op, winners * (by_tap(op, builder.gradient()) / summed(winners, {3}))));
}

// What each mean divides by, [1,OH,OW,1].
Tensor divisors(const OpView& op) {
  const Pooling pool = pool2d_pooling(op);
  Tensor counts = Tensor::zeros(DType::f32, shape_of({1, pool.window[1].out, pool.window[2].out, 1}));
  for_each_window(pool.window, [&](const auto& origin, const auto& taps, std::int64_t position) {
    const std::int64_t count = std::max<std::int64_t>(counted_taps(pool, origin, taps), 1);
    counts.as<float>()[static_cast<std::size_t>(position)] = static_cast<float>(count);
  });
  return counts;
}

void gradient_of_average(const OpView& op, GradientBuilder& builder) {
  const Shape& y = op.out(0).shape;
  const Term share = by_tap(op, builder.gradient() / builder.constant(divisors(op)));
  const std::int64_t taps = tap_count(pool2d_pooling(op).window);
  builder.give(0, folded(op, expanded(share, shape_of({y[0], y[1], y[2], taps, y[3]}))));
}

constexpr OpDef family[] = {
    {.name = "MaxPool2d",
     .summary = "maximum over 2-D windows, channels last",
     .attrs = max_attrs,
     .infer = infer,
     .eval = eval_max,
     .bounds = bounds_of_max,
     .lower = lower,
     .sample = sample_max,
     .gradient = gradient_of_max},
    {.name = "AveragePool2d",
     .summary = "mean over 2-D windows, channels last",
     .attrs = average_attrs,
     .infer = infer,
     .eval = eval_average,
     .lower = lower,
     .sample = sample_average,
     .gradient = gradient_of_average},
};

}  // namespace

std::span<const OpDef> pool2d_ops();
std::span<const OpDef> pool2d_ops() { return family; }

}  // namespace mote::ops
