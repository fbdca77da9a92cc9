// ReduceSum, ReduceMean, ReduceMax, ReduceMin, ReduceProd, ReduceL1, ReduceL2, ReduceSumSquare, ReduceLogSum,
// ReduceLogSumExp (ONNX 1..20). Without `axes`, or with an empty list, every axis is reduced; with
// noop_with_empty_axes nothing is, and the output is the input.
// Value: the reduced elements in row-major order onto 0 (1 for a product), one operation each.
//   mean      the sum divided by the count, by integers towards zero; of no elements 0
//   L2        sqrt of the sum of squares
//   LogSumExp m = the maximum, or 0 where that is not finite; log(sum of exp(x - m)) + m
//   max, min  a NaN wins over all numbers; of no elements -infinity, +infinity
// Integers wrap, in 32 bits for elements of up to 32 bits and in 64 bits for longer ones.
#include <array>

#include "lib/ops/support/axes.hpp"
#include "lib/ops/support/bounds.hpp"
#include "lib/ops/support/copy.hpp"
#include "lib/ops/support/elementary.hpp"
#include "lib/ops/support/expect.hpp"
#include "lib/ops/support/order.hpp"
#include "lib/ops/support/reduce_gradients.hpp"
#include "lib/ops/support/reduction_loops.hpp"
#include "lib/ops/support/sampling.hpp"
#include "lib/ops/support/types.hpp"
#include "lib/ops/support/wrapping.hpp"

namespace mote::ops {
namespace {

constexpr AttrSpec reduce_attrs[] = {
    {.name = "axes", .kind = AttrKind::integers, .operand = 1},
    {.name = "keepdims", .fallback = std::int64_t{1}, .lowest = 0, .highest = 1},
    {.name = "noop_with_empty_axes", .fallback = std::int64_t{0}, .lowest = 0, .highest = 1}};

bool lists_axes(const OpView& op) { return op.has("axes") && !op.integers("axes").empty(); }
bool is_copy(const OpView& op) { return !lists_axes(op) && op.integer("noop_with_empty_axes") != 0; }

// For each axis of the input whether it is reduced.
Result<std::vector<bool>> reduced_axes(const OpView& op) {
  const std::size_t rank = op.in(0).shape.rank();
  if (!lists_axes(op)) return std::vector<bool>(rank, !is_copy(op));
  MOTE_TRY(const auto axes, normalized_axes(op, "axes", op.integers("axes"), rank));
  std::vector<bool> reduced(rank, false);
  for (const std::size_t axis : axes) reduced[axis] = true;
  return reduced;
}

ReductionNest nest_of(const OpView& op) { return reduction_nest(op.in(0).shape, *reduced_axes(op)); }

// What sums are kept in: narrow integers in 32 bits, so that a mean is right as long as its sum fits those.
template <class T>
using Total = std::conditional_t<std::is_floating_point_v<T> || sizeof(T) >= 4, T,
                                 std::conditional_t<std::is_signed_v<T>, std::int32_t, std::uint32_t>>;

template <class T, class Term>
Total<T> sum_of(const ReductionLoops& loops, const T* x, Term term) {
  Total<T> sum{0};
  for_each_offset(loops,
                  [&](std::int64_t at) { sum = wrapping_add<Total<T>>(sum, term(static_cast<Total<T>>(x[at]))); });
  return sum;
}

template <class T>
T sum(const ReductionLoops& loops, const T* x) {
  return static_cast<T>(sum_of(loops, x, [](auto value) { return value; }));
}

template <class T>
T sum_square(const ReductionLoops& loops, const T* x) {
  return static_cast<T>(sum_of(loops, x, [](auto value) { return wrapping_multiply(value, value); }));
}

template <class T>
T l1(const ReductionLoops& loops, const T* x) {
  return static_cast<T>(sum_of(loops, x, [](auto value) {
    return value < decltype(value){0} ? wrapping_subtract(decltype(value){0}, value) : value;
  }));
}

template <class T>
T mean(const ReductionLoops& loops, const T* x) {
  const std::int64_t count = loops.count();
  if (count == 0) return T{0};
  return static_cast<T>(sum_of(loops, x, [](auto value) { return value; }) / static_cast<Total<T>>(count));
}

template <class T>
T prod(const ReductionLoops& loops, const T* x) {
  Total<T> result{1};
  for_each_offset(loops, [&](std::int64_t at) { result = wrapping_multiply(result, static_cast<Total<T>>(x[at])); });
  return static_cast<T>(result);
}

template <class T, class Beats>
T extreme(const ReductionLoops& loops, const T* x, T nothing, Beats beats) {
  std::optional<T> best;
  for_each_offset(loops, [&](std::int64_t at) {
    if (!best || beats(x[at], *best)) best = x[at];
  });
  return best.value_or(nothing);
}

template <class T>
T maximum(const ReductionLoops& loops, const T* x) {
  return extreme(loops, x, static_cast<T>(-std::numeric_limits<T>::infinity()), beats_as_maximum<T>);
}

template <class T>
T minimum(const ReductionLoops& loops, const T* x) {
  return extreme(loops, x, std::numeric_limits<T>::infinity(), beats_as_minimum<T>);
}

template <class Functions, class T>
T log_sum_exp(const ReductionLoops& loops, const T* x) {
  const T largest = maximum(loops, x);
  const T shift = std::isfinite(largest) ? largest : T{0};
  T sum{0};
  for_each_offset(loops, [&](std::int64_t at) { sum += Functions::exp_of(x[at] - shift); });
  return Functions::log_of(sum) + shift;
}

template <class T, class Reduce>
void each_output(const ReductionNest& nest, Operands in, Outputs out, Reduce reduce) {
  const T* x = in[0]->as<T>().data();
  T* y = out[0].as<T>().data();
  for_each_offset(nest.kept, [&](std::int64_t at) { *y++ = reduce(nest.reduced, x + at); });
}

// A family member of every element type, and one of floats only.
template <class Function>
void eval_with(const OpView& op, Operands in, Outputs out, Function function) {
  if (is_copy(op)) return copy_eval(op, in, out);
  visit_dtype(in[0]->dtype, [&]<class T>() { each_output<T>(nest_of(op), in, out, function); });
}
template <class Function>
void eval_floats_with(const OpView& op, Operands in, Outputs out, Function function) {
  if (is_copy(op)) return copy_eval(op, in, out);
  visit_precision(op, *in[0], [&]<class T, class Functions>() {
    each_output<T>(nest_of(op), in, out, [&](const ReductionLoops& loops, const T* x) { return function(Functions{}, loops, x); });
  });
}

void eval_sum(const OpView& op, Operands in, Outputs out) {
  eval_with(op, in, out, [](const ReductionLoops& loops, const auto* x) { return sum(loops, x); });
}
void eval_mean(const OpView& op, Operands in, Outputs out) {
  eval_with(op, in, out, [](const ReductionLoops& loops, const auto* x) { return mean(loops, x); });
}
void eval_max(const OpView& op, Operands in, Outputs out) {
  eval_with(op, in, out, [](const ReductionLoops& loops, const auto* x) { return maximum(loops, x); });
}
void eval_min(const OpView& op, Operands in, Outputs out) {
  eval_with(op, in, out, [](const ReductionLoops& loops, const auto* x) { return minimum(loops, x); });
}
void eval_prod(const OpView& op, Operands in, Outputs out) {
  eval_with(op, in, out, [](const ReductionLoops& loops, const auto* x) { return prod(loops, x); });
}
void eval_l1(const OpView& op, Operands in, Outputs out) {
  eval_with(op, in, out, [](const ReductionLoops& loops, const auto* x) { return l1(loops, x); });
}
void eval_sum_square(const OpView& op, Operands in, Outputs out) {
  eval_with(op, in, out, [](const ReductionLoops& loops, const auto* x) { return sum_square(loops, x); });
}
void eval_l2(const OpView& op, Operands in, Outputs out) {
  eval_floats_with(op, in, out, [](auto functions, const ReductionLoops& loops, const auto* x) {
    return functions.sqrt_of(sum_square(loops, x));
  });
}
void eval_log_sum(const OpView& op, Operands in, Outputs out) {
  eval_floats_with(op, in, out, [](auto functions, const ReductionLoops& loops, const auto* x) {
    return functions.log_of(sum(loops, x));
  });
}
void eval_log_sum_exp(const OpView& op, Operands in, Outputs out) {
  eval_floats_with(op, in, out, [](auto functions, const ReductionLoops& loops, const auto* x) {
    return log_sum_exp<decltype(functions)>(loops, x);
  });
}

Result<Types> reduced_type(const OpView& op) {
  MOTE_TRY(const auto reduced, reduced_axes(op));
  MOTE_TRY(TensorType type,
           make_type(op, op.in(0).dtype, reduced_extents(op.in(0).shape, reduced, op.integer("keepdims") != 0)));
  return Types{std::move(type)};
}

Result<Types> infer(const OpView& op) {
  MOTE_TRY_STATUS(expect_numeric(op, 0, "data"));
  return reduced_type(op);
}

// Roots and logarithms of integers are not integers.
Result<Types> infer_floats(const OpView& op) {
  MOTE_TRY_STATUS(expect_float(op, 0, "data"));
  return reduced_type(op);
}

// Booleans have an order, false before true, since opset 20.
Result<Types> infer_extreme(const OpView& op) {
  MOTE_TRY(Types types, reduced_type(op));
  const bool of_nothing = op.in(0).shape.elements() == 0 && types[0].shape.elements() != 0;
  if (of_nothing && !is_float(op.in(0).dtype))
    return at(op, Code::unsupported_form,
              "the input is " + type_text(op.in(0)) +
                  ": no elements of an integer type have no extreme, expected at "
                  "least one element",
              {"check the exported shape of this operand"});
  return types;
}

std::vector<View> views(const OpView& op) { return is_copy(op) ? whole_view(op) : std::vector<View>{}; }

void append_loops(KernelCall& call, const std::string& kind, const ReductionLoops& loops) {
  for (std::size_t i = 0; i < 3; ++i) call.fields.emplace_back(kind + "_extent" + std::to_string(i), field(loops.extents[i]));
  for (std::size_t i = 0; i < 3; ++i) call.fields.emplace_back(kind + "_stride" + std::to_string(i), field(loops.strides[i]));
}

// The kernel of ReduceLogSum is reduce_log_sum_f32 or _f64, that of ReduceSum serves every type and is reduce_sum.
std::string kernel_name(const OpView& op, const std::string& suffix) {
  std::string name;
  for (const char letter : op.node.op->name.substr(std::string_view("Reduce").size())) {
    const bool upper = letter >= 'A' && letter <= 'Z';
    if (upper) name += '_';
    name += upper ? static_cast<char>(letter - 'A' + 'a') : letter;
  }
  return "reduce" + name + suffix;
}

KernelCall reduce_call(const OpView& op, std::string header, std::string kernel) {
  const ReductionNest nest = nest_of(op);
  KernelCall call{.header = std::move(header),
                  .kernel = std::move(kernel),
                  .operands = {op.node.inputs[0], op.node.outputs[0]}};
  append_loops(call, "kept", nest.kept);
  append_loops(call, "reduced", nest.reduced);
  call.fields.emplace_back("count", field(nest.reduced.count()));
  return call;
}

Result<KernelCall> lower(const OpView& op, const Target& target) {
  if (is_copy(op)) return lower_copy(op, target);
  return reduce_call(op, "reduce", kernel_name(op, ""));
}

Result<KernelCall> lower_floats(const OpView& op, const Target& target) {
  if (is_copy(op)) return lower_copy(op, target);
  if (op.in(0).dtype == DType::f64) return reduce_call(op, "reduce_f64", kernel_name(op, "_f64"));
  return reduce_call(op, "reduce", kernel_name(op, "_f32"));
}

Sample sample_of(Rng& rng, DType dtype, float low, float high) {
  const Shape from = random_shape(rng, 0, 6, 3);
  Sample sample;
  std::vector<std::int64_t> axes;
  for (std::size_t axis = 0; axis < from.rank(); ++axis)
    if (rng.chance(2)) axes.push_back(random_spelling(rng, axis, from.rank()));
  if (!axes.empty() || rng.chance(2)) sample.attrs["axes"] = axes;
  sample.attrs["keepdims"] = rng.integer(0, 1);
  sample.attrs["noop_with_empty_axes"] = rng.integer(0, 1);
  sample.inputs = {{.type = {.dtype = dtype, .shape = from}, .low = low, .high = high}};
  return sample;
}

DType number_dtype(Rng& rng) {
  const DType dtype = random_dtype(rng);
  return dtype == DType::boolean ? DType::f32 : dtype;
}

// Integers are drawn positive: unsigned types share the range.
Sample sample(Rng& rng) {
  const DType dtype = number_dtype(rng);
  return sample_of(rng, dtype, is_float(dtype) ? -4.0F : 0.0F, 4.0F);
}
Sample sample_product(Rng& rng) { return sample_of(rng, number_dtype(rng), 0.0F, 1.25F); }
DType float_dtype(Rng& rng) { return rng.chance(4) ? DType::f64 : DType::f32; }
Sample sample_floats(Rng& rng) { return sample_of(rng, float_dtype(rng), -4.0F, 4.0F); }
Sample sample_positive(Rng& rng) { return sample_of(rng, float_dtype(rng), 0.5F, 4.0F); }

constexpr OpDef reduction(std::string_view name, std::string_view summary, decltype(OpDef::eval) eval,
                          decltype(OpDef::gradient) gradient) {
  return {.name = name,
          .summary = summary,
          .onnx = {.name = name, .domain = "", .since = 1, .until = 20},
          .attrs = reduce_attrs,
          .infer = infer,
          .eval = eval,
          .views = views,
          .lower = lower,
          .sample = sample,
          .gradient = gradient};
}

constexpr OpDef extreme_reduction(std::string_view name, std::string_view summary, decltype(OpDef::eval) eval) {
  OpDef op = reduction(name, summary, eval, gradient_of_reduce_extreme);
  op.infer = infer_extreme;
  op.bounds = bounds_of_moved;
  return op;
}

constexpr OpDef float_reduction(std::string_view name, std::string_view summary, decltype(OpDef::eval) eval,
                                decltype(OpDef::gradient) gradient, decltype(OpDef::sample) sampler) {
  OpDef op = reduction(name, summary, eval, gradient);
  op.infer = infer_floats;
  op.lower = lower_floats;
  op.sample = sampler;
  return op;
}

constexpr OpDef product_reduction() {
  OpDef op = reduction("ReduceProd", "product over axes", eval_prod, nullptr);
  op.sample = sample_product;
  return op;
}

constexpr OpDef family[] = {
    reduction("ReduceSum", "sum over axes", eval_sum, gradient_of_reduce_sum),
    reduction("ReduceMean", "mean over axes", eval_mean, gradient_of_reduce_mean),
    extreme_reduction("ReduceMax", "maximum over axes", eval_max),
    extreme_reduction("ReduceMin", "minimum over axes", eval_min),
    product_reduction(),
    reduction("ReduceL1", "sum of magnitudes over axes", eval_l1, gradient_of_reduce_l1),
    reduction("ReduceSumSquare", "sum of squares over axes", eval_sum_square, gradient_of_reduce_sum_square),
    float_reduction("ReduceL2", "root of the sum of squares over axes", eval_l2, gradient_of_reduce_l2, sample_floats),
    float_reduction("ReduceLogSum", "logarithm of the sum over axes", eval_log_sum, gradient_of_reduce_log_sum, sample_positive),
    float_reduction("ReduceLogSumExp", "logarithm of the sum of exponentials over axes", eval_log_sum_exp, gradient_of_reduce_log_sum_exp,
                    sample_floats),
};

}  // namespace

std::span<const OpDef> reduce_ops();
std::span<const OpDef> reduce_ops() { return family; }

}  // namespace mote::ops
