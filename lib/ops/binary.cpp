// Functions of two elements with multidirectional broadcasting: arithmetic, comparisons, boolean functions. Integers
// wrap, and dividing them by zero gives 0. One row per function.
#include <cmath>

#include "lib/ops/gradient.hpp"
#include "lib/ops/support/elementwise.hpp"
#include "lib/ops/support/sampling.hpp"
#include "lib/ops/support/types.hpp"
#include "lib/ops/support/wrapping.hpp"

namespace mote::ops {
namespace {

template <class T>
constexpr bool is_real = std::is_floating_point_v<T>;

struct Add {
  template <class T>
  static T of(T a, T b) {
    return wrapping_add(a, b);
  }
};
struct Sub {
  template <class T>
  static T of(T a, T b) {
    return wrapping_subtract(a, b);
  }
};
struct Mul {
  template <class T>
  static T of(T a, T b) {
    return wrapping_multiply(a, b);
  }
};
struct Div {
  template <class T>
  static T of(T a, T b) {
    if constexpr (is_real<T>) {
      return a / b;
    } else {
      if (b == T{0}) return T{0};
      // The one quotient that does not fit: the lowest integer by -1.
      if (std::is_signed_v<T> && b == static_cast<T>(-1)) return wrapping_subtract(T{0}, a);
      return static_cast<T>(a / b);
    }
  }
};
// The slope of the negative side, broadcast to x alone.
struct PRelu {
  template <class T>
  static T of(T x, T slope) {
    return x < T{0} ? wrapping_multiply(slope, x) : x;
  }
};
struct Equal {
  template <class T>
  static bool of(T a, T b) {
    return a == b;
  }
};
struct Less {
  template <class T>
  static bool of(T a, T b) {
    return a < b;
  }
};
struct LessOrEqual {
  template <class T>
  static bool of(T a, T b) {
    return a <= b;
  }
};
struct Greater {
  template <class T>
  static bool of(T a, T b) {
    return a > b;
  }
};
struct GreaterOrEqual {
  template <class T>
  static bool of(T a, T b) {
    return a >= b;
  }
};
struct And {
  static bool of(bool a, bool b) { return a && b; }
};
struct Or {
  static bool of(bool a, bool b) { return a || b; }
};
struct Xor {
  static bool of(bool a, bool b) { return a != b; }
};

// What a function works on: numbers, numbers and booleans (Equal), booleans.
enum class Domain : std::uint8_t { numbers, everything, booleans };

Status check_domain(const OpView& op, Domain domain) {
  MOTE_TRY_STATUS(require_same_dtype(op, 0, 1));
  const bool boolean = op.in(0).dtype == DType::boolean;
  if (domain == Domain::everything || boolean == (domain == Domain::booleans)) return Ok{};
  return at(op, Code::unsupported_type,
            std::string(op.node.op->name) + " of " + std::string(name_of(op.in(0).dtype)) +
                " is not defined, only of " + (boolean ? "numbers" : "booleans"));
}

template <Domain domain>
Result<Types> infer_same(const OpView& op) {
  MOTE_TRY_STATUS(check_domain(op, domain));
  MOTE_TRY(Shape shape, broadcast_inputs(op));
  return Types{{.dtype = op.in(0).dtype, .shape = std::move(shape)}};
}

template <Domain domain>
Result<Types> infer_boolean(const OpView& op) {
  MOTE_TRY_STATUS(check_domain(op, domain));
  MOTE_TRY(Shape shape, broadcast_inputs(op));
  return Types{{.dtype = DType::boolean, .shape = std::move(shape)}};
}

// The slope may not enlarge x (unidirectional broadcasting).
Result<Types> infer_prelu(const OpView& op) {
  MOTE_TRY(Types types, infer_same<Domain::numbers>(op));
  if (types[0].shape != op.in(0).shape)
    return at(op, Code::shape_mismatch,
              "the slope " + op.in(1).shape.text() + " cannot be broadcast to the input " + op.in(0).shape.text());
  return types;
}

template <class F>
void eval_same(const OpView&, Operands in, Outputs out) {
  visit_dtype(in[0]->dtype, [&]<class T>() {
    for_each_pair<T, T, T>(*in[0], *in[1], out[0], [](T a, T b) { return static_cast<T>(F::of(a, b)); });
  });
}

template <class F, Domain domain>
void eval_boolean(const OpView&, Operands in, Outputs out) {
  const auto compare = [&]<class T>() {
    for_each_pair<T, T, std::uint8_t>(*in[0], *in[1], out[0],
                                      [](T a, T b) { return static_cast<std::uint8_t>(F::of(a, b) ? 1 : 0); });
  };
  if constexpr (domain == Domain::booleans)
    compare.template operator()<std::uint8_t>();
  else
    visit_dtype(in[0]->dtype, compare);
}

Result<KernelCall> lower_arithmetic(const OpView& op, const Target&) {
  return broadcast_call(op, "binary_functions", std::string(op.node.op->name));
}
Result<KernelCall> lower_comparison(const OpView& op, const Target&) {
  return broadcast_call(op, "comparisons", std::string(op.node.op->name));
}

Sample two_operands(Rng& rng, DType dtype) {
  const Shape result = random_shape(rng, 0, 6, 4);
  Sample sample;
  for (int i = 0; i < 2; ++i) {
    const Shape shape = rng.chance(3) ? result : random_operand_shape(rng, result);
    sample.inputs.push_back({.type = {.dtype = dtype, .shape = shape}});
    const bool is_unsigned = dtype == DType::u8 || dtype == DType::u16 || dtype == DType::u32 || dtype == DType::u64;
    if (is_unsigned) sample.inputs.back().low = 0.0F;
  }
  return sample;
}

Sample sample_numbers(Rng& rng) {
  const DType dtype = random_dtype(rng);
  return two_operands(rng, dtype == DType::boolean ? DType::f32 : dtype);
}
Sample sample_everything(Rng& rng) { return two_operands(rng, random_dtype(rng)); }
Sample sample_booleans(Rng& rng) { return two_operands(rng, DType::boolean); }
Sample sample_division(Rng& rng) {
  Sample sample = sample_numbers(rng);
  if (is_float(sample.inputs[1].type.dtype)) sample.inputs[1].low = 0.5F;
  return sample;
}
Sample sample_prelu(Rng& rng) {
  const Shape x = random_shape(rng, 1, 4, 5);
  return {.attrs = {}, .inputs = {{.type = {.shape = x}}, {.type = {.shape = random_operand_shape(rng, x)}}}};
}

void gradient_of_add(const OpView&, GradientBuilder& builder) {
  builder.give(0, builder.gradient());
  builder.give(1, builder.gradient());
}
void gradient_of_sub(const OpView&, GradientBuilder& builder) {
  builder.give(0, builder.gradient());
  if (builder.wants(1)) builder.give(1, -builder.gradient());
}
void gradient_of_mul(const OpView&, GradientBuilder& builder) {
  const Term dy = builder.gradient();
  if (builder.wants(0)) builder.give(0, dy * builder.operand(1));
  if (builder.wants(1)) builder.give(1, dy * builder.operand(0));
}
void gradient_of_div(const OpView&, GradientBuilder& builder) {
  const Term quotient = builder.gradient() / builder.operand(1);
  builder.give(0, quotient);
  if (builder.wants(1)) builder.give(1, -(quotient * builder.result()));
}
void gradient_of_prelu(const OpView&, GradientBuilder& builder) {
  const Term x = builder.operand(0), dy = builder.gradient(), below = less(x, 0.0F);
  if (builder.wants(0)) builder.give(0, choose(below, dy * builder.operand(1), dy));
  if (builder.wants(1)) builder.give(1, choose(below, dy * x, 0.0F));
}

struct Versions {
  int since = 0, until = 0;
};

template <class F>
constexpr OpDef arithmetic(std::string_view name, std::string_view summary, Versions versions,
                           decltype(OpDef::gradient) gradient, Sample (*draw)(Rng&) = sample_numbers,
                           Result<Types> (*rule)(const OpView&) = infer_same<Domain::numbers>) {
  return {.name = name,
          .summary = summary,
          .onnx = {.name = name, .domain = "", .since = versions.since, .until = versions.until},
          .arity = {.min_in = 2, .max_in = 2},
          .infer = rule,
          .eval = eval_same<F>,
          .lower = lower_arithmetic,
          .sample = draw,
          .gradient = gradient};
}

template <class F, Domain domain>
constexpr OpDef comparison(std::string_view name, std::string_view summary, Versions versions, Sample (*draw)(Rng&)) {
  return {.name = name,
          .summary = summary,
          .onnx = {.name = name, .domain = "", .since = versions.since, .until = versions.until},
          .arity = {.min_in = 2, .max_in = 2},
          .infer = infer_boolean<domain>,
          .eval = eval_boolean<F, domain>,
          .lower = lower_comparison,
          .sample = draw};
}

using enum Domain;
constexpr OpDef family[] = {
    arithmetic<Add>("Add", "a + b", {6, 14}, gradient_of_add),
    arithmetic<Sub>("Sub", "a - b", {6, 14}, gradient_of_sub),
    arithmetic<Mul>("Mul", "a * b", {6, 14}, gradient_of_mul),
    arithmetic<Div>("Div", "a / b, rounded towards zero for integers", {6, 14}, gradient_of_div, sample_division),
    arithmetic<PRelu>("PRelu", "x, or slope * x where negative", {6, 16}, gradient_of_prelu, sample_prelu, infer_prelu),
    comparison<Equal, everything>("Equal", "a == b", {1, 19}, sample_everything),
    comparison<Less, numbers>("Less", "a < b", {1, 13}, sample_numbers),
    comparison<LessOrEqual, numbers>("LessOrEqual", "a <= b", {12, 16}, sample_numbers),
    comparison<Greater, numbers>("Greater", "a > b", {1, 13}, sample_numbers),
    comparison<GreaterOrEqual, numbers>("GreaterOrEqual", "a >= b", {12, 16}, sample_numbers),
    comparison<And, booleans>("And", "a and b", {1, 7}, sample_booleans),
    comparison<Or, booleans>("Or", "a or b", {1, 7}, sample_booleans),
    comparison<Xor, booleans>("Xor", "either a or b", {1, 7}, sample_booleans),
};

}  // namespace

std::span<const OpDef> binary_ops();
std::span<const OpDef> binary_ops() { return family; }

}  // namespace mote::ops
