// FakeQuantize: mote's own mark of a quantized value in a graph that still computes in real numbers:
//   y = (clamp(round(x / scale) + zero_point, lowest, highest) - zero_point) * scale
// What DequantizeLinear(QuantizeLinear(x)) of ONNX computes, with one scale for the tensor; a NaN becomes 0. Both the
// import of quantized models and calibration speak in it; realize-integers turns it into integer operators.
// LearnedQuantize: the same while scales are trained, scale = exp(log_scale), one for the tensor (log_scale [1]) or one
// for each element of its last axis ([C]). It has no kernel; passes/distill makes it and takes it back.
#include <algorithm>

#include "lib/ops/gradient.hpp"
#include "lib/ops/support/elementary.hpp"
#include "lib/ops/support/expect.hpp"
#include "lib/ops/support/learned_scale.hpp"
#include "lib/ops/support/order.hpp"
#include "lib/ops/support/sampling.hpp"
#include "lib/support/text.hpp"

namespace mote::ops {
namespace {

constexpr double level_limit = 65535.0;  // 16 bits, signed or not
constexpr AttrSpec fake_quantize_attrs[] = {
    {.name = "highest", .fallback = std::int64_t{127}, .lowest = -level_limit, .highest = level_limit},
    {.name = "lowest", .fallback = std::int64_t{-128}, .lowest = -level_limit, .highest = level_limit},
    {.name = "scale", .kind = AttrKind::real, .required = true},
    {.name = "zero_point", .fallback = std::int64_t{0}, .lowest = -level_limit, .highest = level_limit}};
constexpr AttrSpec learned_quantize_attrs[] = {fake_quantize_attrs[0], fake_quantize_attrs[1], fake_quantize_attrs[3]};

Status expect_ordered_levels(const OpView& op) {
  if (op.integer("lowest") < op.integer("highest")) return Ok{};
  return at(op, Code::attribute_range,
            "lowest is " + std::to_string(op.integer("lowest")) + " and highest is " +
                std::to_string(op.integer("highest")) + ", expected lowest < highest",
            {"swap the bounds"});
}

Result<Types> infer(const OpView& op) {
  if (op.in(0).dtype != DType::f32)
    return at(op, Code::unsupported_type, "input 'x' is " + type_text(op.in(0)) + ", expected f32",
              {"only single-precision values are quantized"});
  if (!std::isnormal(op.real("scale")) || op.real("scale") < 0.0F)
    return at(op, Code::attribute_range, "scale is " + number_text(op.real("scale")) + ", expected a positive number",
              {"check the exported scale"});
  MOTE_TRY_STATUS(expect_ordered_levels(op));
  return Types{{.dtype = DType::f32, .shape = op.in(0).shape}};
}

// The levels of a grid as numbers of steps from its zero point.
template <class T>
struct Steps {
  explicit Steps(const OpView& op)
      : lowest(static_cast<T>(op.integer("lowest") - op.integer("zero_point"))),
        highest(static_cast<T>(op.integer("highest") - op.integer("zero_point"))) {}

  [[nodiscard]] T rounded(T x, T scale) const {
    const T level = is_nan(x) ? T{0} : round_half_even(x / scale);
    return (level < lowest ? lowest : (level > highest ? highest : level)) * scale;
  }
  T lowest, highest;
};

template <class T>
void quantize(const OpView& op, const Tensor& in, Tensor& out) {
  const T scale = static_cast<T>(op.real("scale"));
  const Steps<T> steps(op);
  std::ranges::transform(in.as<T>(), out.as<T>().begin(), [&](T x) { return steps.rounded(x, scale); });
}

void eval(const OpView& op, Operands in, Outputs out) {
  if (in[0]->dtype == DType::f64)
    quantize<double>(op, *in[0], out[0]);
  else
    quantize<float>(op, *in[0], out[0]);
}

Sample sample(Rng& rng) {
  Sample sample;
  sample.attrs["scale"] = rng.real(0.01F, 0.1F);
  sample.attrs["zero_point"] = rng.integer(-100, 100);
  sample.inputs = {{.type = {.dtype = DType::f32, .shape = random_shape(rng, 1, 4, 5)}}};
  return sample;
}

// Straight through: rounding counts as the identity, saturation as the constant that it is (Bengio et al. 2013,
// arXiv:1308.3432).
void gradient(const OpView& op, GradientBuilder& builder) {
  const auto bound = [&](std::string_view level) {
    return op.real("scale") * static_cast<float>(op.integer(level) - op.integer("zero_point"));
  };
  const Term x = builder.operand(0), dy = builder.gradient();
  builder.give(0, choose(less(x, bound("lowest")), 0.0F, choose(greater(x, bound("highest")), 0.0F, dy)));
}

Result<Types> infer_learned(const OpView& op) {
  if (op.in(0).dtype != DType::f32)
    return at(op, Code::unsupported_type, "input 'x' is " + type_text(op.in(0)) + ", expected f32",
              {"only single-precision values are quantized"});
  MOTE_TRY_STATUS(expect_same_dtype(op, 1, "log_scale"));
  const Shape& x = op.in(0).shape;
  const bool by_channel = op.in(1).shape.elements() != 1 && x.rank() > 0;
  MOTE_TRY_STATUS(expect_shape(op, 1, "log_scale", {by_channel ? x[x.rank() - 1] : 1}));
  MOTE_TRY_STATUS(expect_ordered_levels(op));
  return Types{{.dtype = DType::f32, .shape = x}};
}

template <class T>
void quantize_learned(const OpView& op, Operands in, Tensor& out) {
  std::vector<T> scales(in[1]->as<T>().size());
  std::ranges::transform(in[1]->as<T>(), scales.begin(), learned_scale<T>);
  const Steps<T> steps(op);
  const auto x = in[0]->as<T>();
  const auto y = out.as<T>();
  for (std::size_t i = 0; i < x.size(); ++i) y[i] = steps.rounded(x[i], scales[i % scales.size()]);
}

void eval_learned(const OpView& op, Operands in, Outputs out) {
  if (in[0]->dtype == DType::f64)
    quantize_learned<double>(op, in, out[0]);
  else
    quantize_learned<float>(op, in, out[0]);
}

Sample sample_learned(Rng& rng) {
  Sample sample;
  sample.attrs["zero_point"] = rng.integer(-100, 100);
  const Shape shape = random_shape(rng, 1, 4, 5);
  Tensor log_scale = Tensor::zeros(DType::f32, *Shape::make({rng.chance(2) ? 1 : shape[shape.rank() - 1]}));
  for (float& logarithm : log_scale.as<float>()) logarithm = rng.real(-4.5F, -2.5F);
  sample.inputs = {{.type = {.dtype = DType::f32, .shape = shape}},
                   {.type = {.dtype = DType::f32, .shape = log_scale.shape}, .constant = log_scale}};
  return sample;
}

// Straight through, and what rounding and saturation say about the scale (Esser et al. 2020, arXiv:1902.08153, formula
// 3): dy / ds = round(v) - v inside, the limit outside, with v = x / s. Times s, which the logarithm brings (Jain et al.
// 2020, arXiv:1903.08066), it is y - x or y: steps of the optimizer are relative to the scale, which stays positive.
void gradient_of_learned(const OpView& op, GradientBuilder& builder) {
  const Steps<float> steps(op);
  const Term x = builder.operand(0), dy = builder.gradient(), scale = applied("Exp", builder.operand(1));
  const Term dx = choose(less(x, steps.lowest * scale), 0.0F, choose(greater(x, steps.highest * scale), 0.0F, dy));
  if (builder.wants(0)) builder.give(0, dx);
  if (builder.wants(1)) builder.give(1, dy * builder.result() - dx * x);
}

constexpr OpDef family[] = {
    {.name = "FakeQuantize",
     .summary = "round to the levels of a quantized tensor, still as real numbers",
     .attrs = fake_quantize_attrs,
     .infer = infer,
     .eval = eval,
     .sample = sample,
     .gradient = gradient},
    {.name = "LearnedQuantize",
     .summary = "FakeQuantize with a scale that is trained",
     .arity = {.min_in = 2, .max_in = 2},
     .attrs = learned_quantize_attrs,
     .infer = infer_learned,
     .eval = eval_learned,
     .sample = sample_learned,
     .gradient = gradient_of_learned},
};

}  // namespace

std::span<const OpDef> fake_quantize_ops();
std::span<const OpDef> fake_quantize_ops() { return family; }

}  // namespace mote::ops
