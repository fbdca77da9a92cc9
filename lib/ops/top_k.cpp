// TopK (ONNX 1..11): the k largest (or smallest) elements along one axis, best first, and their positions as s64. Of equal
// elements the first comes first; a NaN beats every number, as in ArgMax. Without `sorted` ONNX leaves the order open:
// here it is the same.
#include <algorithm>
#include <numeric>

#include "lib/ops/support/axes.hpp"
#include "lib/ops/support/expect.hpp"
#include "lib/ops/support/order.hpp"
#include "lib/ops/support/sampling.hpp"
#include "lib/ops/support/types.hpp"

namespace mote::ops {
namespace {

// Since opset 10 k is a list of one element.
constexpr AttrSpec top_k_attrs[] = {{.name = "axis", .fallback = std::int64_t{-1}},
                                    {.name = "k", .kind = AttrKind::integers, .required = true, .operand = 1},
                                    {.name = "largest", .fallback = std::int64_t{1}, .lowest = 0, .highest = 1},
                                    {.name = "sorted", .fallback = std::int64_t{1}, .lowest = 0, .highest = 1}};

void adapt(std::int64_t, Attrs& attrs) {
  const auto k = attrs.find("k");
  if (k != attrs.end() && std::holds_alternative<std::int64_t>(k->second))
    k->second = std::vector<std::int64_t>{std::get<std::int64_t>(k->second)};
}

Result<Types> infer(const OpView& op) {
  MOTE_TRY_STATUS(expect_numeric(op, 0, "X"));
  const Shape& shape = op.in(0).shape;
  MOTE_TRY(const std::size_t axis, normalized_axis(op, "axis", op.integer("axis"), shape.rank()));
  const std::vector<std::int64_t>& k = op.integers("k");
  if (k.size() != 1 || k[0] < 1 || k[0] > shape[axis])
    return at(op, Code::attribute_range, "k is " + (k.size() == 1 ? std::to_string(k[0]) : "no single number") +
                                             ", must be 1.." + std::to_string(shape[axis]) + ", the extent of axis " +
                                             std::to_string(axis));
  std::vector<std::int64_t> extents = extents_of(shape);
  extents[axis] = k[0];
  MOTE_TRY(TensorType positions, make_type(op, DType::s64, extents));
  MOTE_TRY(Shape values, make_shape(op, std::move(extents)));
  return Types{moved(op.in(0), std::move(values)), std::move(positions)};
}

AxisSplit split_of(const OpView& op) {
  const Shape& shape = op.in(0).shape;
  return split_at(shape, checked_axis(op, "axis", shape.rank()));
}

template <class T>
std::vector<std::int64_t> order_of(const T* x, const AxisSplit& split, bool largest) {
  std::vector<std::int64_t> order(static_cast<std::size_t>(split.extent));
  std::iota(order.begin(), order.end(), std::int64_t{0});
  std::ranges::stable_sort(order, [&](std::int64_t a, std::int64_t b) {
    const T left = x[a * split.inner], right = x[b * split.inner];
    return largest ? beats_as_maximum(left, right) : beats_as_minimum(left, right);
  });
  return order;
}

template <class T>
void run(const OpView& op, Operands in, Outputs out) {
  const AxisSplit split = split_of(op);
  const std::int64_t k = op.integers("k")[0];
  for (std::int64_t outer = 0; outer < split.outer; ++outer)
    for (std::int64_t inner = 0; inner < split.inner; ++inner) {
      const T* x = in[0]->as<T>().data() + outer * split.extent * split.inner + inner;
      const std::vector<std::int64_t> order = order_of(x, split, op.integer("largest") != 0);
      for (std::int64_t i = 0; i < k; ++i) {
        const auto at = static_cast<std::size_t>((outer * k + i) * split.inner + inner);
        const std::int64_t position = order[static_cast<std::size_t>(i)];
        if (op.has_out(0)) out[0].as<T>()[at] = x[position * split.inner];
        if (op.has_out(1)) out[1].as<std::int64_t>()[at] = position;
      }
    }
}

void eval(const OpView& op, Operands in, Outputs out) {
  visit_dtype(in[0]->dtype, [&]<class T>() { run<T>(op, in, out); });
}

Result<KernelCall> lower(const OpView& op, const Target&) {
  const AxisSplit split = split_of(op);
  const std::int64_t k = op.integers("k")[0];
  const auto output = [&](std::size_t i) { return op.has_out(i) ? op.node.outputs[i] : ValueId{}; };
  return KernelCall{.header = "top_k",
                    .kernel = "top_k",
                    .fields = {{"outer", field(split.outer)},
                               {"extent", field(split.extent)},
                               {"inner", field(split.inner)},
                               {"count", field(k)},
                               {"largest", op.integer("largest") != 0}},
                    .operands = {op.node.inputs[0], output(0), output(1)},
                    .scratch_bytes = k * static_cast<std::int64_t>(sizeof(std::int32_t))};
}

// From a small range, so that many elements are equal.
Sample sample(Rng& rng) {
  const Shape from = random_shape(rng, 1, 3, 6);
  const auto axis = static_cast<std::size_t>(rng.integer(0, static_cast<std::int64_t>(from.rank()) - 1));
  const DType dtype = rng.chance(3) ? DType::s8 : DType::f32;
  return {.attrs = {{"axis", random_spelling(rng, axis, from.rank())},
                    {"k", std::vector<std::int64_t>{rng.integer(1, from[axis])}},
                    {"largest", rng.integer(0, 1)}},
          .inputs = {{.type = {.dtype = dtype, .shape = from}, .low = -2.0F, .high = 2.0F}},
          .outputs = 2};
}

constexpr OpDef family[] = {
    {.name = "TopK",
     .summary = "the largest or smallest elements along an axis, and where they are",
     .onnx = {.name = "TopK", .domain = "", .since = 1, .until = 11},
     .arity = {.min_out = 1, .max_out = 2},
     .attrs = top_k_attrs,
     .adapt = adapt,
     .infer = infer,
     .eval = eval,
     .lower = lower,
     .sample = sample},
};

}  // namespace

std::span<const OpDef> top_k_ops();
std::span<const OpDef> top_k_ops() { return family; }

}  // namespace mote::ops
