// DynamicQuantizeLinear (ONNX 11): x as u8 on the grid that its own range, widened to contain 0, asks for:
//   scale = (max(x, 0) - min(x, 0)) / 255, zero point = round(-min(x, 0) / scale), halves to even
// A tensor of zeros gets the smallest scale instead of 0, and zero point 0.
#include "lib/ops/support/expanded.hpp"
#include "lib/ops/support/expect.hpp"
#include "lib/ops/support/real_form.hpp"
#include "lib/ops/support/sampling.hpp"

namespace mote::ops {
namespace {

constexpr float smallest_scale = 1e-30F;
constexpr std::int64_t onnx_u8 = 2;  // TensorProto.DataType

Expansion expand(const OpView& op) {
  Expansion expansion;
  const auto x = Expansion::input(0);
  const auto zero = expansion.constant(f32_scalar(0.0F));
  const auto levels = expansion.constant(f32_scalar(255.0F));
  const auto least = expansion.constant(f32_scalar(smallest_scale));
  std::vector<std::int64_t> axes(op.in(0).shape.rank());
  for (std::size_t axis = 0; axis < axes.size(); ++axis) axes[axis] = static_cast<std::int64_t>(axis);
  const auto extreme = [&](std::string_view reduce, std::string_view join) {
    const auto of_x = expansion.add(reduce, {x}, {{"axes", axes}, {"keepdims", std::int64_t{0}}});
    return expansion.add(join, {of_x, zero});
  };
  const auto high = extreme("ReduceMax", "Max");
  const auto low = extreme("ReduceMin", "Min");
  const auto extent = expansion.add("Sub", {high, low});
  const auto scale = expansion.add("Max", {expansion.add("Div", {extent, levels}), least});
  const auto below = expansion.add("Sub", {zero, low});
  const auto rounded = expansion.add("Round", {expansion.add("Div", {below, scale})});
  const auto zero_point = expansion.add("Cast", {rounded}, {{"to", onnx_u8}});
  expansion.results = {expansion.add("QuantizeLinear", {x, scale, zero_point}), scale, zero_point};
  return expansion;
}

Result<Types> infer(const OpView& op) {
  MOTE_TRY_STATUS(expect_float(op, 0, "x"));
  if (op.in(0).shape.elements() == 0)
    return at(op, Code::shape_mismatch, "input 'x' is " + op.in(0).shape.text() + ", expected elements",
              {"there is no range of nothing"});
  return infer_expanded(op, expand(op));
}
// In the precision of x: a double would round other quotients to the middle between two levels.
void eval(const OpView& op, Operands in, Outputs out) {
  eval_expanded(op, expand(op), in, out, in[0]->dtype == DType::f64 ? Precision::reference : Precision::single);
}

Sample sample(Rng& rng) {
  Sample sample;
  sample.inputs = {{.type = {.dtype = DType::f32, .shape = random_shape(rng, 1, 3, 5)}}};
  sample.outputs = 3;
  return sample;
}

constexpr OpDef family[] = {
    {.name = "DynamicQuantizeLinear",
     .summary = "real numbers stored as u8 on the grid of their own range",
     .onnx = {.name = "DynamicQuantizeLinear", .domain = "", .since = 11, .until = 11},
     .arity = {.min_in = 1, .max_in = 1, .min_out = 3, .max_out = 3},
     .infer = infer,
     .eval = eval,
     .sample = sample},
};
constexpr ExpansionRule rules[] = {{"DynamicQuantizeLinear", expand}};

}  // namespace

std::span<const OpDef> dynamic_quantize_ops();
std::span<const OpDef> dynamic_quantize_ops() { return family; }
std::span<const ExpansionRule> dynamic_quantize_expansions();
std::span<const ExpansionRule> dynamic_quantize_expansions() { return rules; }

}  // namespace mote::ops
