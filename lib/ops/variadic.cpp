// Max, Min, Sum and Mean (ONNX 6..13) of any number of operands with multidirectional broadcasting, taken from left to
// right. A NaN beats every number in Max and Min.
#include <algorithm>
#include <ranges>

#include "lib/ops/gradient.hpp"
#include "lib/ops/support/bounds.hpp"
#include "lib/ops/support/copy.hpp"
#include "lib/ops/support/elementwise.hpp"
#include "lib/ops/support/order.hpp"
#include "lib/ops/support/sampling.hpp"
#include "lib/ops/support/types.hpp"
#include "lib/ops/support/wrapping.hpp"

namespace mote::ops {
namespace {

struct Max {
  template <class T>
  static T of(T a, T b) {
    return beats_as_maximum(b, a) ? b : a;
  }
};
struct Min {
  template <class T>
  static T of(T a, T b) {
    return beats_as_minimum(b, a) ? b : a;
  }
};
struct Sum {
  template <class T>
  static T of(T a, T b) {
    return wrapping_add(a, b);
  }
};

Result<Types> infer(const OpView& op) {
  const DType dtype = op.in(0).dtype;
  if (dtype == DType::boolean) return at(op, Code::unsupported_type, "the operands are booleans, expected numbers");
  for (std::size_t i = 1; i < op.node.inputs.size(); ++i) {
    if (!op.has_in(i)) return at(op, Code::wrong_arity, "input " + std::to_string(i) + " may not be left out");
    MOTE_TRY_STATUS(require_same_dtype(op, 0, i));
  }
  MOTE_TRY(Shape shape, broadcast_inputs(op));
  return Types{{.dtype = dtype, .shape = std::move(shape)}};
}

Result<Types> infer_mean(const OpView& op) {
  if (!is_float(op.in(0).dtype))
    return at(op, Code::unsupported_type, "input 0 is " + std::string(name_of(op.in(0).dtype)) + ", expected a float");
  return infer(op);
}

template <class F>
void eval(const OpView&, Operands in, Outputs out) {
  Tensor& y = out[0];
  visit_dtype(y.dtype, [&]<class T>() {
    const auto first = in[0]->as<T>();
    const auto result = y.as<T>();
    for_each_position<1>(y.shape, {broadcast_strides(in[0]->shape, y.shape)},
                         [&](std::size_t i, auto at) { result[i] = first[at[0]]; });
    for (const Tensor* operand : in.subspan(1)) {
      const auto next = operand->as<T>();
      for_each_position<1>(y.shape, {broadcast_strides(operand->shape, y.shape)},
                           [&](std::size_t i, auto at) { result[i] = F::of(result[i], next[at[0]]); });
    }
  });
}

void eval_mean(const OpView& op, Operands in, Outputs out) {
  eval<Sum>(op, in, out);
  visit_dtype(out[0].dtype, [&]<class T>() {
    if constexpr (std::is_floating_point_v<T>)
      for (T& element : out[0].as<T>()) element /= static_cast<T>(in.size());
  });
}

// The steps of fold: 1 for a tensor of the output's shape, 0 for a scalar; nothing if an operand is
// neither.
std::optional<std::vector<std::string>> fold_steps(const OpView& op) {
  std::vector<std::string> steps;
  for (const ValueId id : op.node.inputs) {
    const Shape& shape = op.graph.at(id).type.shape;
    if (shape.elements() != op.out(0).shape.elements() && shape.elements() != 1) return std::nullopt;
    steps.emplace_back(shape.elements() == op.out(0).shape.elements() ? "1" : "0");
  }
  return steps;
}

Result<KernelCall> lower(const OpView& op, const Target& target) {
  if (op.node.inputs.size() == 1) return lower_copy(op, target);
  const std::string_view name = op.node.op->name;
  const std::string function(name == "Sum" ? "Add" : name);
  if (op.node.inputs.size() == 2)
    return broadcast_call(op, "binary_functions", name == "Mean" ? "MeanOfTwo" : function);
  const auto steps = fold_steps(op);
  if (!steps)
    return at(op, Code::unsupported_form, "three or more operands that are broadcast along single axes have no kernel",
              {"chain operators of two operands each"});
  KernelCall call{.header = "binary_functions",
                  .kernel = "fold",
                  .types = {function},
                  .fields = {{"count", field(op.out(0).shape.elements())}},
                  .operands = {op.node.outputs[0]},
                  .traversal = Traversal::elementwise};
  call.types.insert(call.types.end(), steps->begin(), steps->end());
  call.operands.insert(call.operands.end(), op.node.inputs.begin(), op.node.inputs.end());
  return call;
}

std::vector<View> views(const OpView& op) { return op.node.inputs.size() == 1 ? whole_view(op) : std::vector<View>{}; }

template <bool floats_only>
Sample sample(Rng& rng) {
  const DType drawn = random_dtype(rng);
  const DType dtype = drawn == DType::boolean || (floats_only && !is_float(drawn)) ? DType::f32 : drawn;
  const Shape result = random_shape(rng, 0, 4, 5);
  const bool is_unsigned = dtype == DType::u8 || dtype == DType::u16 || dtype == DType::u32 || dtype == DType::u64;
  Sample sample;
  const auto count = rng.integer(1, 4);
  for (std::int64_t i = 0; i < count; ++i) {
    // Two operands broadcast freely; more are whole tensors or scalars.
    const Shape other = count == 2 ? random_operand_shape(rng, result) : Shape{};
    const Shape& shape = i > 0 && rng.chance(3) ? other : result;
    sample.inputs.push_back({.type = {.dtype = dtype, .shape = shape}, .low = is_unsigned ? 0.0F : -4.0F});
  }
  return sample;
}

void gradient_of_sum(const OpView& op, GradientBuilder& builder) {
  for (std::size_t i = 0; i < op.node.inputs.size(); ++i) builder.give(i, builder.gradient());
}

void gradient_of_mean(const OpView& op, GradientBuilder& builder) {
  const Term share = (1.0F / static_cast<float>(op.node.inputs.size())) * builder.gradient();
  for (std::size_t i = 0; i < op.node.inputs.size(); ++i) builder.give(i, share);
}

// Operands that are equally extreme share the gradient.
void gradient_of_extreme(const OpView& op, GradientBuilder& builder) {
  const Term one = builder.scalar(1.0F, op.out(0).dtype);
  std::vector<Term> winners;
  for (std::size_t i = 0; i < op.node.inputs.size(); ++i)
    winners.push_back(choose(equal(builder.operand(i), builder.result()), one, 0.0F));
  const Term share = builder.gradient() / builder.apply("Sum", winners);
  for (std::size_t i = 0; i < winners.size(); ++i)
    if (builder.wants(i)) builder.give(i, winners[i] * share);
}

template <class F, bool floats_only>
constexpr OpDef row(std::string_view name, std::string_view summary, int since,
                    decltype(OpDef::gradient) gradient) {
  return {.name = name,
          .summary = summary,
          .onnx = {.name = name, .domain = "", .since = since, .until = 13},
          .arity = {.min_in = 1, .max_in = 255},
          .infer = infer,
          .eval = eval<F>,
          .views = views,
          .lower = lower,
          .sample = sample<floats_only>,
          .gradient = gradient};
}

template <class F>
constexpr OpDef extreme_row(std::string_view name, std::string_view summary) {
  OpDef op = row<F, false>(name, summary, 6, gradient_of_extreme);
  op.bounds = bounds_of_moved;
  return op;
}

constexpr OpDef mean_row() {
  OpDef op = row<Sum, true>("Mean", "the sum of all operands divided by their number", 6, gradient_of_mean);
  op.infer = infer_mean;
  op.eval = eval_mean;
  return op;
}

constexpr OpDef family[] = {extreme_row<Max>("Max", "the largest of all operands"),
                            extreme_row<Min>("Min", "the smallest of all operands"),
                            row<Sum, false>("Sum", "the sum of all operands", 6, gradient_of_sum), mean_row()};

}  // namespace

std::span<const OpDef> variadic_ops();
std::span<const OpDef> variadic_ops() { return family; }

}  // namespace mote::ops
