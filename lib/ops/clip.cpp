// Relu (ONNX 6..14), Clip (ONNX 6..13): y = x < low ? low : (x > high ? high : x). NaN passes through.
#include <algorithm>

#include "lib/ops/op_def.hpp"

namespace mote::ops {
namespace {

// Since opset 11 the bounds are inputs; either may be absent.
constexpr AttrSpec clip_attrs[] = {{.name = "min", .kind = AttrKind::real, .operand = 1},
                                   {.name = "max", .kind = AttrKind::real, .operand = 2}};

std::optional<float> low_of(const OpView& op) {
  if (op.node.op->name == "Relu") return 0.0F;
  return op.has("min") ? std::optional(op.real("min")) : std::nullopt;
}
std::optional<float> high_of(const OpView& op) {
  return op.has("max") ? std::optional(op.real("max")) : std::nullopt;
}

Result<Types> infer(const OpView& op) {
  if (op.in(0).dtype == DType::boolean) return at(op, Code::unsupported_type, "a boolean tensor has no order");
  return Types{op.in(0)};
}

void eval(const OpView& op, Operands in, Outputs out) {
  const auto low = low_of(op);
  const auto high = high_of(op);
  visit_dtype(in[0]->dtype, [&]<class T>() {
    std::ranges::transform(in[0]->as<T>(), out[0].as<T>().begin(), [&](T x) {
      if (low && x < static_cast<T>(*low)) return static_cast<T>(*low);
      if (high && x > static_cast<T>(*high)) return static_cast<T>(*high);
      return x;
    });
  });
}

Result<KernelCall> lower(const OpView& op, const Target&) {
  const auto low = low_of(op);
  const auto high = high_of(op);
  return KernelCall{.header = "clip",
                    .kernel = "clip",
                    .types = {std::string(c_name(op.in(0).dtype))},
                    .fields = {{"count", static_cast<std::int32_t>(op.in(0).shape.elements())},
                               {"clamp_low", low.has_value()},
                               {"clamp_high", high.has_value()},
                               {"lowest", low.value_or(0.0F)},
                               {"highest", high.value_or(0.0F)}},
                    .operands = {op.node.inputs[0], op.node.outputs[0]},
                    .traversal = Traversal::elementwise};
}

Sample sample_relu(Rng& rng) {
  const auto shape = Shape::make({rng.integer(1, 3), rng.integer(1, 40)});
  return {.attrs = {}, .inputs = {{.type = {.dtype = DType::f32, .shape = *shape}}}};
}

Sample sample_clip(Rng& rng) {
  Sample sample = sample_relu(rng);
  if (!rng.chance(4)) sample.attrs["min"] = rng.real(-3.0F, 0.0F);
  if (!rng.chance(4)) sample.attrs["max"] = rng.real(0.0F, 3.0F);
  return sample;
}

constexpr OpDef family[] = {
    {.name = "Relu",
     .summary = "max(x, 0)",
     .onnx = {.name = "Relu", .domain = "", .since = 6, .until = 14},
     .infer = infer,
     .eval = eval,
     .lower = lower,
     .sample = sample_relu},
    {.name = "Clip",
     .summary = "x limited to [min, max]",
     .onnx = {.name = "Clip", .domain = "", .since = 6, .until = 13},
     .attrs = clip_attrs,
     .infer = infer,
     .eval = eval,
     .lower = lower,
     .sample = sample_clip},
};

}  // namespace

std::span<const OpDef> clip_ops();
std::span<const OpDef> clip_ops() { return family; }

}  // namespace mote::ops
