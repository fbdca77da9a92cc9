// Pow (ONNX 1..15): base and exponent may differ in type; the result has the base's. An integer to a power that is not
// whole is cut towards zero (real_power_of_integer in codegen/kernels/powers.hpp). Mod (ONNX 10..13): the remainder
// with the sign of the divisor, or with fmod = 1 that of the dividend; floats need fmod = 1.
#include <cmath>

#include "lib/ops/gradient.hpp"
#include "lib/ops/support/elementwise.hpp"
#include "lib/ops/support/sampling.hpp"
#include "lib/ops/support/types.hpp"
#include "lib/ops/support/wrapping.hpp"
#include "pow_f32.hpp"

namespace mote::ops {
namespace {

constexpr AttrSpec mod_attrs[] = {{.name = "fmod", .fallback = std::int64_t{0}, .lowest = 0, .highest = 1}};

float power(float x, float exponent) { return exponent == 2.0F ? x * x : mote_kernels::pow_f32(x, exponent); }
double power(double x, double exponent) { return std::pow(x, exponent); }

// Integers: repeated multiplication, wrapping; a negative exponent leaves only the powers of 1 and -1.
template <class T>
T power(T x, std::int64_t exponent) {
  if (exponent < 0) {
    if (x == T{1}) return x;
    if (!std::is_signed_v<T> || x != static_cast<T>(-1)) return T{0};
    return exponent % 2 == 0 ? T{1} : x;
  }
  T result{1};
  for (; exponent > 0; exponent /= 2, x = wrapping_multiply(x, x))
    if (exponent % 2 == 1) result = wrapping_multiply(result, x);
  return result;
}

template <class T>
T remainder(T a, T b, bool sign_of_dividend) {
  if constexpr (std::is_floating_point_v<T>) {
    const T rest = std::fmod(a, b);
    return rest == rest ? rest : std::numeric_limits<T>::quiet_NaN();  // one NaN, whatever its sign on this host
  } else {
    if (b == T{0} || (std::is_signed_v<T> && b == static_cast<T>(-1))) return T{0};
    const T rest = static_cast<T>(a % b);
    const bool other_sign = std::is_signed_v<T> && rest != T{0} && (rest <= T{0}) != (b <= T{0});
    return other_sign && !sign_of_dividend ? wrapping_add(rest, b) : rest;
  }
}

// A whole exponent counts as an integer; another gives the float power of the base, cut towards zero into T's range.
template <class T, class E>
T real_power(T x, E exponent) {
  constexpr E limit = static_cast<E>(std::int64_t{1} << 62);
  const bool fits = exponent > -limit && exponent < limit;
  if (fits && std::trunc(exponent) == exponent) return power<T>(x, static_cast<std::int64_t>(exponent));
  const float result = mote_kernels::pow_f32(static_cast<float>(x), static_cast<float>(exponent));
  if (std::isnan(result)) return T{0};
  if (result >= static_cast<float>(std::numeric_limits<T>::max())) return std::numeric_limits<T>::max();
  if (result <= static_cast<float>(std::numeric_limits<T>::min())) return std::numeric_limits<T>::min();
  return static_cast<T>(result);
}

Result<Types> infer_pow(const OpView& op) {
  const DType base = op.in(0).dtype;
  const DType exponent = op.in(1).dtype;
  if (base == DType::boolean || exponent == DType::boolean)
    return at(op, Code::unsupported_type,
              std::string(name_of(base)) + " to the power of " + std::string(name_of(exponent)) +
                  " is not defined, only powers of numbers",
              {"cast the booleans to numbers"});
  MOTE_TRY(Shape shape, broadcast_inputs(op));
  return Types{{.dtype = base, .shape = std::move(shape)}};
}

void eval_pow(const OpView&, Operands in, Outputs out) {
  visit_dtype(in[0]->dtype, [&]<class T>() {
    visit_dtype(in[1]->dtype, [&]<class E>() {
      if constexpr (std::is_floating_point_v<T>)
        for_each_pair<T, E, T>(*in[0], *in[1], out[0], [](T x, E e) { return power(x, static_cast<T>(e)); });
      else if constexpr (std::is_floating_point_v<E>)
        for_each_pair<T, E, T>(*in[0], *in[1], out[0], real_power<T, E>);
      else
        for_each_pair<T, E, T>(*in[0], *in[1], out[0],
                               [](T x, E e) { return power<T>(x, static_cast<std::int64_t>(e)); });
    });
  });
}

Status single_precision_only(const OpView& op) {
  for (std::size_t i = 0; i < 2; ++i)
    if (op.in(i).dtype == DType::f64)
      return at(op, Code::unsupported_type, std::string(op.node.op->name) + " has no kernel in double precision",
                {"cast to float32 around it, or export the model in float32"});
  return Ok{};
}

// x^2 is what normalisations are written with; it needs no power function.
bool is_square(const OpView& op) {
  if (!op.is_constant(1) || op.in(1).shape.elements() != 1) return false;
  return op.in(0).shape == op.out(0).shape && op.constant(1).to_reals().front() == 2.0;
}

Result<KernelCall> lower_pow(const OpView& op, const Target&) {
  if (is_square(op))
    return KernelCall{.header = "powers",
                      .kernel = "unary",
                      .types = {"Square"},
                      .fields = {{"count", field(op.in(0).shape.elements())}},
                      .operands = {op.node.inputs[0], op.node.outputs[0]},
                      .traversal = Traversal::elementwise};
  MOTE_TRY_STATUS(single_precision_only(op));
  if (is_float(op.in(0).dtype)) return broadcast_call(op, "powers", "Pow");
  return broadcast_call(op, "powers", is_float(op.in(1).dtype) ? "RealPowOfInteger" : "IntegerPow");
}

Result<Types> infer_mod(const OpView& op) {
  MOTE_TRY_STATUS(require_same_dtype(op, 0, 1));
  const DType dtype = op.in(0).dtype;
  if (dtype == DType::boolean) return at(op, Code::unsupported_type, "Mod of booleans is not defined");
  if (is_float(dtype) && op.integer("fmod") == 0)
    return at(op, Code::attribute_range, "fmod is 0, floats need fmod = 1");
  MOTE_TRY(Shape shape, broadcast_inputs(op));
  return Types{{.dtype = dtype, .shape = std::move(shape)}};
}

void eval_mod(const OpView& op, Operands in, Outputs out) {
  const bool sign_of_dividend = op.integer("fmod") == 1;
  visit_dtype(in[0]->dtype, [&]<class T>() {
    for_each_pair<T, T, T>(*in[0], *in[1], out[0], [&](T a, T b) { return remainder(a, b, sign_of_dividend); });
  });
}

Result<KernelCall> lower_mod(const OpView& op, const Target&) {
  if (is_float(op.in(0).dtype)) return broadcast_call(op, "powers", "FloatRemainder");
  return broadcast_call(op, "binary_functions", op.integer("fmod") == 1 ? "Remainder" : "Mod");
}

Sample sample_pow(Rng& rng) {
  const Shape result = random_shape(rng, 0, 4, 5);
  const bool integers = rng.chance(3);
  Sample sample{.attrs = {}, .inputs = {{.type = {.shape = result}, .low = 0.1F, .high = 6.0F}}};
  sample.inputs.push_back({.type = {.shape = random_operand_shape(rng, result)}, .low = -3.0F, .high = 3.0F});
  if (integers) sample.inputs[0].type.dtype = DType::s32;
  if (integers && rng.chance(2)) sample.inputs[1].type.dtype = DType::s32;
  if (!integers && rng.chance(3)) sample.inputs[1].type.dtype = DType::s64;
  if (!integers && rng.chance(3))
    sample.inputs[1].constant = [] {
      Tensor two = Tensor::zeros(DType::f32, {});
      two.as<float>()[0] = 2.0F;
      return two;
    }();
  if (sample.inputs[1].constant) sample.inputs[1].type = {};
  return sample;
}

Sample sample_mod(Rng& rng) {
  const Shape result = random_shape(rng, 0, 4, 5);
  const DType drawn = random_dtype(rng);
  const DType dtype = drawn == DType::boolean ? DType::f32 : drawn;
  const bool is_signed =
      is_float(dtype) || dtype == DType::s8 || dtype == DType::s16 || dtype == DType::s32 || dtype == DType::s64;
  const float low = is_signed ? -20.0F : 0.0F;
  return {.attrs = {{"fmod", is_float(dtype) ? std::int64_t{1} : rng.integer(0, 1)}},
          .inputs = {{.type = {.dtype = dtype, .shape = result}, .low = low, .high = 90.0F},
                     {.type = {.dtype = dtype, .shape = random_operand_shape(rng, result)}, .low = low, .high = 7.0F}}};
}

// x to the power of 0 is flat, at x = 0 too; the logarithm of a base that is not positive is left out.
void gradient_of_pow(const OpView& op, GradientBuilder& builder) {
  const DType dtype = op.in(0).dtype;
  const Term x = builder.operand(0), dy = builder.gradient();
  const Term exponent = op.in(1).dtype == dtype ? builder.operand(1) : builder.apply("CastLike", {builder.operand(1), x});
  if (builder.wants(0)) {
    const Term slope = exponent * builder.apply("Pow", {x, exponent - 1.0F});
    builder.give(0, dy * choose(equal(exponent, builder.scalar(0.0F, dtype)), 0.0F, slope));
  }
  if (builder.wants(1)) {
    const Term positive = greater(x, 0.0F);
    const Term logarithm = applied("Log", choose(positive, x, 1.0F));
    const Term given = dy * choose(positive, builder.result() * logarithm, 0.0F);
    builder.give(1, op.in(1).dtype == dtype ? given : builder.apply("CastLike", {given, builder.operand(1)}));
  }
}

constexpr OpDef family[] = {
    {.name = "Pow",
     .summary = "a to the power of b",
     .onnx = {.name = "Pow", .domain = "", .since = 1, .until = 15},
     .arity = {.min_in = 2, .max_in = 2},
     .infer = infer_pow,
     .eval = eval_pow,
     .lower = lower_pow,
     .sample = sample_pow,
     .gradient = gradient_of_pow},
    {.name = "Mod",
     .summary = "remainder of a / b",
     .onnx = {.name = "Mod", .domain = "", .since = 10, .until = 13},
     .arity = {.min_in = 2, .max_in = 2},
     .attrs = mod_attrs,
     .infer = infer_mod,
     .eval = eval_mod,
     .lower = lower_mod,
     .sample = sample_mod},
};

}  // namespace

std::span<const OpDef> power_ops();
std::span<const OpDef> power_ops() { return family; }

}  // namespace mote::ops
