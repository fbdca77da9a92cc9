// FakeQuantize: mote's own mark of a quantized value in a graph that still computes in real numbers:
//   y = (clamp(round(x / scale) + zero_point, lowest, highest) - zero_point) * scale
// What DequantizeLinear(QuantizeLinear(x)) of ONNX computes, with one scale for the tensor; a NaN becomes 0. Both the
// import of quantized models and calibration speak in it; realize-integers turns it into integer operators.
#include "lib/ops/gradient.hpp"
#include "lib/ops/support/elementary.hpp"
#include "lib/ops/support/expect.hpp"
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

Result<Types> infer(const OpView& op) {
  if (op.in(0).dtype != DType::f32)
    return at(op, Code::unsupported_type, "input 'x' is " + type_text(op.in(0)) + ", expected f32",
              {"only single-precision values are quantized"});
  if (!std::isnormal(op.real("scale")) || op.real("scale") < 0.0F)
    return at(op, Code::attribute_range, "scale is " + number_text(op.real("scale")) + ", expected a positive number",
              {"check the exported scale"});
  if (op.integer("lowest") >= op.integer("highest"))
    return at(op, Code::attribute_range,
              "lowest is " + std::to_string(op.integer("lowest")) + " and highest is " +
                  std::to_string(op.integer("highest")) + ", expected lowest < highest",
              {"swap the bounds"});
  return Types{{.dtype = DType::f32, .shape = op.in(0).shape}};
}

template <class T>
void quantize(const OpView& op, const Tensor& in, Tensor& out) {
  const T scale = static_cast<T>(op.real("scale"));
  const auto lowest = static_cast<T>(op.integer("lowest") - op.integer("zero_point"));
  const auto highest = static_cast<T>(op.integer("highest") - op.integer("zero_point"));
  const auto x = in.as<T>();
  const auto y = out.as<T>();
  for (std::size_t i = 0; i < x.size(); ++i) {
    const T level = is_nan(x[i]) ? T{0} : round_half_even(x[i] / scale);
    y[i] = (level < lowest ? lowest : (level > highest ? highest : level)) * scale;
  }
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

constexpr OpDef family[] = {
    {.name = "FakeQuantize",
     .summary = "round to the levels of a quantized tensor, still as real numbers",
     .attrs = fake_quantize_attrs,
     .infer = infer,
     .eval = eval,
     .sample = sample,
     .gradient = gradient},
};

}  // namespace

std::span<const OpDef> fake_quantize_ops();
std::span<const OpDef> fake_quantize_ops() { return family; }

}  // namespace mote::ops
