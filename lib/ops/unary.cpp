// The operators of one operand that work element by element. Their formulas, with the order of operations in single
// precision, stand in codegen/kernels/unary_functions.hpp. The parameters alpha and beta of a formula are the first and
// second numeric attribute of the operator (Selu's second is called gamma; IsInf's are its two switches).
#include <algorithm>
#include <array>
#include <type_traits>

#include "lib/ops/support/expect.hpp"
#include "lib/ops/support/reference_functions.hpp"
#include "lib/ops/support/sampling.hpp"
#include "lib/ops/support/types.hpp"
#include "lib/ops/support/unary_gradients.hpp"
#include "unary_functions.hpp"

namespace mote::ops {
namespace {

namespace single = mote_kernels;

constexpr AttrSpec leaky_attrs[] = {{.name = "alpha", .kind = AttrKind::real, .fallback = 0.01F}};
constexpr AttrSpec alpha_attrs[] = {{.name = "alpha", .kind = AttrKind::real, .fallback = 1.0F}};
constexpr AttrSpec hard_sigmoid_attrs[] = {{.name = "alpha", .kind = AttrKind::real, .fallback = 0.2F},
                                           {.name = "beta", .kind = AttrKind::real, .fallback = 0.5F}};
constexpr AttrSpec selu_attrs[] = {{.name = "alpha", .kind = AttrKind::real, .fallback = 1.67326324F},
                                   {.name = "gamma", .kind = AttrKind::real, .fallback = 1.05070102F}};
constexpr AttrSpec is_inf_attrs[] = {
    {.name = "detect_negative", .fallback = std::int64_t{1}, .lowest = 0, .highest = 1},
    {.name = "detect_positive", .fallback = std::int64_t{1}, .lowest = 0, .highest = 1}};
constexpr AttrSpec gelu_attrs[] = {
    {.name = "approximate", .kind = AttrKind::text, .fallback = std::string_view("none")}};

struct Parameters {
  float alpha = 0.0F, beta = 0.0F;
  std::size_t count = 0;
};

Parameters parameters_of(const OpView& op) {
  std::array<float, 2> values{};
  std::size_t count = 0;
  for (const AttrSpec& spec : op.node.op->attrs) {
    if (spec.kind == AttrKind::text) continue;
    values[count++] = spec.kind == AttrKind::real ? op.real(spec.name) : static_cast<float>(op.integer(spec.name));
  }
  return {.alpha = values[0], .beta = values[1], .count = count};
}

// ---- type rules

Result<Types> infer_real(const OpView& op) {
  MOTE_TRY_STATUS(expect_float(op, 0, "X"));
  return Types{{.dtype = op.in(0).dtype, .shape = op.in(0).shape}};
}

Result<Types> infer_number(const OpView& op) {
  MOTE_TRY_STATUS(expect_numeric(op, 0, "X"));
  return Types{{.dtype = op.in(0).dtype, .shape = op.in(0).shape}};
}

Result<Types> infer_neg(const OpView& op) {
  const DType dtype = op.in(0).dtype;
  if (dtype == DType::u8 || dtype == DType::u16 || dtype == DType::u32 || dtype == DType::u64)
    return at(op, Code::unsupported_type,
              "input 'X' is " + type_text(op.in(0)) + ", expected floats or signed integers",
              {"insert a Cast to a signed type before this node"});
  return infer_number(op);
}

Result<Types> infer_gelu(const OpView& op) {
  const std::string& form = op.text("approximate");
  if (form != "none" && form != "tanh")
    return at(op, Code::attribute_range, "approximate is '" + form + "', must be 'none' or 'tanh'");
  return infer_real(op);
}

Result<Types> infer_question(const OpView& op) {
  MOTE_TRY_STATUS(expect_float(op, 0, "X"));
  return Types{{.dtype = DType::boolean, .shape = op.in(0).shape}};
}

Result<Types> infer_not(const OpView& op) {
  if (op.in(0).dtype == DType::boolean) return Types{{.dtype = DType::boolean, .shape = op.in(0).shape}};
  return at(op, Code::unsupported_type, "input 'X' is " + type_text(op.in(0)) + ", expected bool",
            {"insert a Cast to bool before this node"});
}

// ---- evaluation

template <class F, class T>
auto value_of(T x, const Parameters& parameters) {
  if constexpr (requires { F::of(x, x, x); })
    return F::of(x, static_cast<T>(parameters.alpha), static_cast<T>(parameters.beta));
  else if constexpr (requires { F::of(x, x); })
    return F::of(x, static_cast<T>(parameters.alpha));
  else
    return F::of(x);
}

template <class F, class T>
void eval_as(const OpView& op, const Tensor& x, Tensor& y) {
  using Y = decltype(value_of<F>(T{}, Parameters{}));
  const Parameters parameters = parameters_of(op);
  std::ranges::transform(x.as<T>(), y.as<Y>().begin(), [&](T element) { return value_of<F>(element, parameters); });
}

template <class Single, class Double>
void eval_real(const OpView& op, Operands in, Outputs out) {
  if (in[0]->dtype == DType::f64)
    eval_as<Double, double>(op, *in[0], out[0]);
  else
    eval_as<Single, float>(op, *in[0], out[0]);
}

template <class F>
void eval_number(const OpView& op, Operands in, Outputs out) {
  visit_dtype(in[0]->dtype, [&]<class T>() { eval_as<F, T>(op, *in[0], out[0]); });
}

void eval_not(const OpView& op, Operands in, Outputs out) {
  eval_as<single::LogicalNot, std::uint8_t>(op, *in[0], out[0]);
}

bool is_gelu_tanh(const OpView& op) { return op.node.op->name == "Gelu" && op.text("approximate") == "tanh"; }

void eval_gelu(const OpView& op, Operands in, Outputs out) {
  if (is_gelu_tanh(op))
    eval_real<single::GeluTanh, reference::GeluTanh>(op, in, out);
  else
    eval_real<single::Gelu, reference::Gelu>(op, in, out);
}

// ---- lowering

// The functions carry the names of the operators.
std::string function_name(const OpView& op) {
  if (is_gelu_tanh(op)) return "GeluTanh";
  return op.node.op->name == "Not" ? "LogicalNot" : std::string(op.node.op->name);
}

Result<KernelCall> lower_any(const OpView& op, const Target&) {
  const Parameters parameters = parameters_of(op);
  KernelCall call{.header = "unary",
                  .kernel = "unary",
                  .types = {function_name(op)},
                  .fields = {{"count", field(op.in(0).shape.elements())}},
                  .operands = {op.node.inputs[0], op.node.outputs[0]},
                  .traversal = Traversal::elementwise};
  if (parameters.count >= 1) {
    call.kernel += "_alpha";
    call.fields.emplace_back("alpha", parameters.alpha);
  }
  if (parameters.count == 2) {
    call.kernel += "_beta";
    call.fields.emplace_back("beta", parameters.beta);
  }
  return call;
}

// Targets have no library of double-precision functions.
Result<KernelCall> lower_f32(const OpView& op, const Target& target) {
  MOTE_TRY_STATUS(expect_kernel_dtype(op, {DType::f32}));
  return lower_any(op, target);
}

// ---- samples

template <int Low, int High>
Sample sample_real(Rng& rng) {
  return {.attrs = {},
          .inputs = {{.type = {.dtype = DType::f32, .shape = random_shape(rng, 0, 4, 5)},
                      .low = static_cast<float>(Low),
                      .high = static_cast<float>(High)}}};
}

Sample sample_alpha(Rng& rng) {
  Sample sample = sample_real<-4, 4>(rng);
  if (!rng.chance(4)) sample.attrs["alpha"] = rng.real(0.1F, 1.5F);
  return sample;
}

Sample sample_gelu(Rng& rng) {
  Sample sample = sample_real<-6, 6>(rng);
  if (rng.chance(2)) sample.attrs["approximate"] = std::string("tanh");
  return sample;
}

Sample sample_number(Rng& rng) {
  constexpr std::array signed_types{DType::f32, DType::f64, DType::s8, DType::s16, DType::s32, DType::s64};
  Sample sample = sample_real<-4, 4>(rng);
  sample.inputs[0].type.dtype = signed_types[static_cast<std::size_t>(rng.integer(0, 5))];
  return sample;
}

Sample sample_not(Rng& rng) {
  Sample sample = sample_real<0, 1>(rng);
  sample.inputs[0].type.dtype = DType::boolean;
  return sample;
}

// ---- the table

// A function of real numbers. Without a `Double` of its own the formula serves both precisions, on targets too.
template <class Single, class Double = Single>
constexpr OpDef real_function(OnnxForm onnx, std::string_view summary, decltype(OpDef::gradient) gradient,
                              Sample (*sample)(Rng&) = sample_real<-4, 4>, std::span<const AttrSpec> attrs = {}) {
  return {.name = onnx.name,
          .summary = summary,
          .onnx = onnx,
          .attrs = attrs,
          .infer = infer_real,
          .eval = eval_real<Single, Double>,
          .lower = std::is_same_v<Single, Double> ? lower_any : lower_f32,
          .sample = sample,
          .gradient = gradient};
}

template <class F>
constexpr OpDef number_function(OnnxForm onnx, std::string_view summary, Result<Types> (*infer)(const OpView&),
                                decltype(OpDef::gradient) gradient) {
  return {.name = onnx.name,
          .summary = summary,
          .onnx = onnx,
          .infer = infer,
          .eval = eval_number<F>,
          .lower = lower_any,
          .sample = sample_number,
          .gradient = gradient};
}

template <class F>
constexpr OpDef question(OnnxForm onnx, std::string_view summary, std::span<const AttrSpec> attrs = {}) {
  OpDef op = real_function<F>(onnx, summary, nullptr, sample_real<-4, 4>, attrs);
  op.infer = infer_question;
  return op;
}

constexpr OnnxForm onnx(std::string_view name, int since, int until) {
  return {.name = name, .domain = "", .since = since, .until = until};
}

constexpr OpDef family[] = {
    number_function<single::Abs>(onnx("Abs", 6, 13), "the magnitude", infer_number, gradient_of_abs),
    number_function<single::Neg>(onnx("Neg", 6, 13), "-x", infer_neg, gradient_of_neg),
    number_function<single::Sign>(onnx("Sign", 9, 13), "-1, 0 or 1", infer_number, gradient_of_step),
    real_function<single::Ceil, reference::Ceil>(onnx("Ceil", 6, 13), "the next integer upwards", gradient_of_step),
    real_function<single::Floor, reference::Floor>(onnx("Floor", 6, 13), "the next integer downwards",
                                                   gradient_of_step),
    real_function<single::Round, reference::Round>(onnx("Round", 11, 22), "the nearest integer, halves to even",
                                                   gradient_of_step),
    real_function<single::Reciprocal>(onnx("Reciprocal", 6, 13), "1 / x", gradient_of_reciprocal, sample_real<1, 8>),
    real_function<single::Sqrt, reference::Sqrt>(onnx("Sqrt", 6, 13), "the square root", gradient_of_sqrt,
                                                 sample_real<0, 9>),
    real_function<single::Exp, reference::Exp>(onnx("Exp", 6, 13), "e to the power of x", gradient_of_exp),
    real_function<single::Log, reference::Log>(onnx("Log", 6, 13), "the natural logarithm", gradient_of_log,
                                               sample_real<1, 9>),
    real_function<single::Erf, reference::Erf>(onnx("Erf", 9, 13), "the error function", gradient_of_erf),
    real_function<single::Sigmoid, reference::Sigmoid>(onnx("Sigmoid", 6, 13), "1 / (1 + exp(-x))",
                                                       gradient_of_sigmoid),
    real_function<single::Tanh, reference::Tanh>(onnx("Tanh", 6, 13), "the hyperbolic tangent", gradient_of_tanh),
    real_function<single::LeakyRelu>(onnx("LeakyRelu", 6, 16), "x, or alpha * x below 0", gradient_of_leaky_relu,
                                     sample_alpha, leaky_attrs),
    real_function<single::ThresholdedRelu>(onnx("ThresholdedRelu", 10, 22), "x above alpha, else 0",
                                           gradient_of_thresholded_relu, sample_alpha, alpha_attrs),
    real_function<single::HardSigmoid>(onnx("HardSigmoid", 6, 22), "alpha * x + beta limited to [0, 1]",
                                       gradient_of_hard_sigmoid, sample_alpha, hard_sigmoid_attrs),
    real_function<single::HardSwish>(onnx("HardSwish", 14, 22), "x * (x / 6 + 1/2 limited to [0, 1])",
                                     gradient_of_hard_swish),
    real_function<single::Elu, reference::Elu>(onnx("Elu", 6, 22), "x, or alpha * (exp(x) - 1) below 0",
                                               gradient_of_elu, sample_alpha, alpha_attrs),
    real_function<single::Selu, reference::Selu>(onnx("Selu", 6, 22), "gamma * Elu(x)", gradient_of_selu, sample_alpha,
                                                 selu_attrs),
    real_function<single::Celu, reference::Celu>(onnx("Celu", 12, 12), "x, or alpha * (exp(x / alpha) - 1) below 0",
                                                 gradient_of_celu, sample_alpha, alpha_attrs),
    real_function<single::Softplus, reference::Softplus>(onnx("Softplus", 1, 22), "log(1 + exp(x))",
                                                         gradient_of_softplus),
    real_function<single::Softsign>(onnx("Softsign", 1, 22), "x / (1 + |x|)", gradient_of_softsign),
    real_function<single::Mish, reference::Mish>(onnx("Mish", 18, 22), "x * tanh(Softplus(x))", gradient_of_mish),
    {.name = "Gelu",
     .summary = "x times the normal distribution function of x",
     .onnx = onnx("Gelu", 20, 20),
     .attrs = gelu_attrs,
     .infer = infer_gelu,
     .eval = eval_gelu,
     .lower = lower_f32,
     .sample = sample_gelu,
     .gradient = gradient_of_gelu},
    question<single::IsNaN>(onnx("IsNaN", 9, 20), "whether x is not a number"),
    question<single::IsInf>(onnx("IsInf", 10, 20), "whether x is infinite", is_inf_attrs),
    {.name = "Not",
     .summary = "the opposite truth value",
     .onnx = onnx("Not", 1, 1),
     .infer = infer_not,
     .eval = eval_not,
     .lower = lower_any,
     .sample = sample_not},
};

}  // namespace

std::span<const OpDef> unary_ops();
std::span<const OpDef> unary_ops() { return family; }

}  // namespace mote::ops
