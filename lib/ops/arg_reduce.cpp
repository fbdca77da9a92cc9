// ArgMax, ArgMin (ONNX 1..13): the position of the extreme element along one axis, as s64. Of equal elements the first,
// with select_last_index the last. A NaN beats every number, as in ReduceMax and ReduceMin; NaNs are equal.
#include <array>

#include "lib/ops/support/axes.hpp"
#include "lib/ops/support/expect.hpp"
#include "lib/ops/support/order.hpp"
#include "lib/ops/support/sampling.hpp"
#include "lib/ops/support/types.hpp"

namespace mote::ops {
namespace {

constexpr AttrSpec arg_attrs[] = {
    {.name = "axis", .fallback = std::int64_t{0}},
    {.name = "keepdims", .fallback = std::int64_t{1}, .lowest = 0, .highest = 1},
    {.name = "select_last_index", .fallback = std::int64_t{0}, .lowest = 0, .highest = 1}};

Result<Types> infer(const OpView& op) {
  MOTE_TRY_STATUS(expect_numeric(op, 0, "data"));
  const Shape& shape = op.in(0).shape;
  MOTE_TRY(const std::size_t axis, normalized_axis(op, "axis", op.integer("axis"), shape.rank()));
  if (shape[axis] == 0)
    return at(op, Code::shape_mismatch,
              "input 'data' is " + shape.text() + ", expected at least one element along axis " + std::to_string(axis),
              {"check the exported shape of this operand"});
  std::vector<std::int64_t> extents = extents_of(shape);
  if (op.integer("keepdims") != 0)
    extents[axis] = 1;
  else
    extents.erase(extents.begin() + static_cast<std::ptrdiff_t>(axis));
  MOTE_TRY(TensorType type, make_type(op, DType::s64, std::move(extents)));
  return Types{std::move(type)};
}

AxisSplit split_of(const OpView& op) {
  const Shape& shape = op.in(0).shape;
  return split_at(shape, checked_axis(op, "axis", shape.rank()));
}

// `beats(candidate, best)` is strict: equal elements beat each other in neither direction.
template <class T, class Beats>
std::int64_t position_of(const T* x, const AxisSplit& split, bool select_last, Beats beats) {
  std::int64_t position = 0;
  for (std::int64_t i = 1; i < split.extent; ++i) {
    const T candidate = x[i * split.inner];
    const T best = x[position * split.inner];
    if (select_last ? !beats(best, candidate) : beats(candidate, best)) position = i;
  }
  return position;
}

template <class T, class Beats>
void run(const OpView& op, Operands in, Outputs out, Beats beats) {
  const AxisSplit split = split_of(op);
  const bool select_last = op.integer("select_last_index") != 0;
  const T* x = in[0]->as<T>().data();
  std::int64_t* y = out[0].as<std::int64_t>().data();
  for (std::int64_t outer = 0; outer < split.outer; ++outer)
    for (std::int64_t inner = 0; inner < split.inner; ++inner)
      *y++ = position_of(x + outer * split.extent * split.inner + inner, split, select_last, beats);
}

void eval_max(const OpView& op, Operands in, Outputs out) {
  visit_dtype(in[0]->dtype, [&]<class T>() { run<T>(op, in, out, beats_as_maximum<T>); });
}
void eval_min(const OpView& op, Operands in, Outputs out) {
  visit_dtype(in[0]->dtype, [&]<class T>() { run<T>(op, in, out, beats_as_minimum<T>); });
}

KernelCall arg_call(const OpView& op, std::string kernel) {
  const AxisSplit split = split_of(op);
  return {.header = "arg_reduce",
          .kernel = std::move(kernel),
          .fields = {{"outer", field(split.outer)},
                     {"extent", field(split.extent)},
                     {"inner", field(split.inner)},
                     {"select_last", op.integer("select_last_index") != 0}},
          .operands = {op.node.inputs[0], op.node.outputs[0]}};
}
Result<KernelCall> lower_max(const OpView& op, const Target&) { return arg_call(op, "arg_max"); }
Result<KernelCall> lower_min(const OpView& op, const Target&) { return arg_call(op, "arg_min"); }

// Integers are drawn from a small range, so that many are equal.
Sample sample(Rng& rng) {
  const Shape from = random_shape(rng, 1, 4, 5);
  const auto axis = static_cast<std::size_t>(rng.integer(0, static_cast<std::int64_t>(from.rank()) - 1));
  constexpr std::array integers{DType::u8, DType::s8, DType::s16};
  const DType dtype = rng.chance(2) ? DType::f32 : integers[static_cast<std::size_t>(rng.integer(0, 2))];
  return {.attrs = {{"axis", random_spelling(rng, axis, from.rank())},
                    {"keepdims", rng.integer(0, 1)},
                    {"select_last_index", rng.integer(0, 1)}},
          .inputs = {{.type = {.dtype = dtype, .shape = from}, .low = 0.0F, .high = 3.0F}}};
}

constexpr OpDef family[] = {
    {.name = "ArgMax",
     .summary = "position of the maximum along an axis",
     .onnx = {.name = "ArgMax", .domain = "", .since = 1, .until = 13},
     .attrs = arg_attrs,
     .infer = infer,
     .eval = eval_max,
     .lower = lower_max,
     .sample = sample},
    {.name = "ArgMin",
     .summary = "position of the minimum along an axis",
     .onnx = {.name = "ArgMin", .domain = "", .since = 1, .until = 13},
     .attrs = arg_attrs,
     .infer = infer,
     .eval = eval_min,
     .lower = lower_min,
     .sample = sample},
};

}  // namespace

std::span<const OpDef> arg_reduce_ops();
std::span<const OpDef> arg_reduce_ops() { return family; }

}  // namespace mote::ops
