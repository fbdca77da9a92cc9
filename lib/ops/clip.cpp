// Relu (ONNX 6..14), Clip (ONNX 6..13): y = x < low ? low : (x > high ? high : x). NaN passes through.
#include <algorithm>
#include <cmath>
#include <limits>

#include "lib/ops/gradient.hpp"
#include "lib/ops/support/bounds.hpp"
#include "lib/ops/support/epilogue.hpp"

namespace mote::ops {
namespace {

// Since opset 11 the bounds are inputs; either may be absent.
constexpr AttrSpec clip_attrs[] = {{.name = "min", .kind = AttrKind::real, .operand = 1},
                                   {.name = "max", .kind = AttrKind::real, .operand = 2}};

struct Bounds {
  std::optional<float> low{}, high{};
};

Bounds given_bounds(const OpView& op) {
  if (op.node.op->name == "Relu") return {.low = 0.0F};
  return {.low = low_bound(op, "min"), .high = high_bound(op, "max")};
}

// The least integer of a type, and the power of two behind its greatest: both are floats.
struct IntegerRange {
  float lowest = 0.0F, end = 0.0F;
};
IntegerRange range_of(DType dtype) {
  return visit_dtype(dtype, []<class T>() -> IntegerRange {
    const float end = std::ldexp(1.0F, std::numeric_limits<T>::digits);
    return {.lowest = std::is_signed_v<T> ? -end : 0.0F, .end = end};
  });
}

// Bounds that every integer of the type keeps are as good as absent; a conversion to the type would be undefined.
Bounds bounds_of(const OpView& op) {
  Bounds bounds = given_bounds(op);
  if (is_float(op.in(0).dtype)) return bounds;
  const IntegerRange range = range_of(op.in(0).dtype);
  if (bounds.low && !(*bounds.low > range.lowest)) bounds.low.reset();
  if (bounds.high && !(*bounds.high < range.end)) bounds.high.reset();
  return bounds;
}

Status check_bounds(const OpView& op) {
  if (is_float(op.in(0).dtype)) return Ok{};
  const IntegerRange range = range_of(op.in(0).dtype);
  const Bounds bounds = given_bounds(op);
  if (!(bounds.low && *bounds.low >= range.end) && !(bounds.high && *bounds.high < range.lowest)) return Ok{};
  return at(op, Code::attribute_range,
            "min or max leaves no value of " + std::string(name_of(op.in(0).dtype)) + ", expected bounds of its range",
            {"check the exported bounds"});
}

Result<Types> infer(const OpView& op) {
  if (op.in(0).dtype == DType::boolean) return at(op, Code::unsupported_type, "a boolean tensor has no order");
  MOTE_TRY_STATUS(check_bounds(op));
  return Types{op.in(0)};
}

void eval(const OpView& op, Operands in, Outputs out) {
  const auto [low, high] = bounds_of(op);
  visit_dtype(in[0]->dtype, [&, low = low, high = high]<class T>() {
    std::ranges::transform(in[0]->as<T>(), out[0].as<T>().begin(), [&](T x) {
      if (low && x < static_cast<T>(*low)) return static_cast<T>(*low);
      if (high && x > static_cast<T>(*high)) return static_cast<T>(*high);
      return x;
    });
  });
}

IntegerBounds integer_bounds(const OpView& op, Intervals inputs) {
  const Interval type = interval_of(op.out(0).dtype);
  const Bounds bounds = bounds_of(op);
  const Interval clamp{bounds.low ? static_cast<std::int64_t>(*bounds.low) : type.lowest,
                       bounds.high ? static_cast<std::int64_t>(*bounds.high) : type.highest};
  if (clamp.lowest > clamp.highest) return {.output = type};  // either end wins, by the element
  return {.output = clamped(inputs[0], clamp), .unclamped = inputs[0]};
}

Result<KernelCall> lower(const OpView& op, const Target&) {
  const Bounds bounds = bounds_of(op);
  return KernelCall{.header = "clip",
                    .kernel = "clip",
                    .types = {std::string(c_name(op.in(0).dtype))},
                    .fields = {{"count", static_cast<std::int32_t>(op.in(0).shape.elements())},
                               {"clamp_low", bounds.low.has_value()},
                               {"clamp_high", bounds.high.has_value()},
                               {"lowest", bounds.low.value_or(0.0F)},
                               {"highest", bounds.high.value_or(0.0F)}},
                    .operands = {op.node.inputs[0], op.node.outputs[0]},
                    .traversal = Traversal::elementwise};
}

Sample sample_relu(Rng& rng) {
  const auto shape = Shape::make({rng.integer(1, 3), rng.integer(1, 40)});
  const DType dtype = !rng.chance(3) ? DType::f32 : rng.chance(2) ? DType::s8 : DType::s16;
  return {.attrs = {}, .inputs = {{.type = {.dtype = dtype, .shape = *shape}}}};
}

Sample sample_clip(Rng& rng) {
  Sample sample = sample_relu(rng);
  // Far bounds are those of another type: nothing that s8 holds exceeds them.
  const float reach = rng.chance(4) ? 300.0F : 3.0F;
  if (!rng.chance(4)) sample.attrs["min"] = rng.real(-reach, 0.0F);
  if (!rng.chance(4)) sample.attrs["max"] = rng.real(0.0F, reach);
  return sample;
}

void gradient(const OpView& op, GradientBuilder& builder) {
  const auto [low, high] = bounds_of(op);
  Term dy = builder.gradient();
  if (low) dy = choose(greater(builder.operand(0), *low), dy, 0.0F);
  if (high) dy = choose(less(builder.operand(0), *high), dy, 0.0F);
  builder.give(0, dy);
}

constexpr OpDef family[] = {
    {.name = "Relu",
     .summary = "max(x, 0)",
     .onnx = {.name = "Relu", .domain = "", .since = 6, .until = 14},
     .infer = infer,
     .eval = eval,
     .bounds = integer_bounds,
     .lower = lower,
     .sample = sample_relu,
     .gradient = gradient},
    {.name = "Clip",
     .summary = "x limited to [min, max]",
     .onnx = {.name = "Clip", .domain = "", .since = 6, .until = 13},
     .attrs = clip_attrs,
     .infer = infer,
     .eval = eval,
     .bounds = integer_bounds,
     .lower = lower,
     .sample = sample_clip,
     .gradient = gradient},
};

}  // namespace

std::span<const OpDef> clip_ops();
std::span<const OpDef> clip_ops() { return family; }

}  // namespace mote::ops
