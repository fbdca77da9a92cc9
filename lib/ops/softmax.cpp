// Softmax, LogSoftmax (ONNX 1..13) along one axis; before opset 13 along `axis` and all axes after it at once.
// Value, for each row, elements upwards: m = the maximum, e_i = exp(x_i - m), s = sum of e_i from 0;
// Softmax e_i / s, LogSoftmax (x_i - m) - log(s).
#include "lib/ops/gradient.hpp"
#include "lib/ops/support/axes.hpp"
#include "lib/ops/support/elementary.hpp"
#include "lib/ops/support/expect.hpp"
#include "lib/ops/support/order.hpp"
#include "lib/ops/support/types.hpp"

namespace mote::ops {
namespace {

// `flatten` is mote's own: 1 for the meaning that `axis` had before opset 13.
constexpr AttrSpec softmax_attrs[] = {{.name = "axis", .fallback = std::int64_t{-1}},
                                      {.name = "flatten", .fallback = std::int64_t{0}, .lowest = 0, .highest = 1}};

void adapt(std::int64_t opset, Attrs& attrs) {
  attrs["flatten"] = std::int64_t{opset < 13 ? 1 : 0};
  if (opset < 13) attrs.emplace("axis", std::int64_t{1});
}

// A flattened axis may equal the rank: then every element is a row of its own.
Result<AxisSplit> rows_of(const OpView& op) {
  const Shape& shape = op.in(0).shape;
  const bool flatten = op.integer("flatten") != 0;
  if (flatten && op.integer("axis") == static_cast<std::int64_t>(shape.rank()))
    return AxisSplit{.outer = shape.elements(), .extent = 1, .inner = 1};
  MOTE_TRY(const std::size_t axis, normalized_axis(op, "axis", op.integer("axis"), shape.rank()));
  AxisSplit rows = split_at(shape, axis);
  if (!flatten) return rows;
  rows.extent *= rows.inner;
  rows.inner = 1;
  return rows;
}

Result<Types> infer(const OpView& op) {
  MOTE_TRY_STATUS(expect_float(op, 0, "input"));
  MOTE_TRY([[maybe_unused]] const AxisSplit rows, rows_of(op));
  return Types{{.dtype = op.in(0).dtype, .shape = op.in(0).shape}};
}

bool is_logarithm(const OpView& op) { return op.node.op->name == "LogSoftmax"; }

template <class T>
void normalize_row(const T* x, T* y, std::int64_t count, std::int64_t step, bool logarithm) {
  T largest = x[0];
  for (std::int64_t i = 1; i < count; ++i)
    if (beats_as_maximum(x[i * step], largest)) largest = x[i * step];
  T sum{0};
  for (std::int64_t i = 0; i < count; ++i) {
    const T exponential = exp_of(x[i * step] - largest);
    if (!logarithm) y[i * step] = exponential;
    sum += exponential;
  }
  const T shift = logarithm ? log_of(sum) : T{0};
  for (std::int64_t i = 0; i < count; ++i)
    y[i * step] = logarithm ? (x[i * step] - largest) - shift : y[i * step] / sum;
}

template <class T>
void run(const AxisSplit& rows, bool logarithm, const T* x, T* y) {
  if (rows.extent == 0) return;
  for (std::int64_t outer = 0; outer < rows.outer; ++outer)
    for (std::int64_t inner = 0; inner < rows.inner; ++inner) {
      const std::int64_t first = outer * rows.extent * rows.inner + inner;
      normalize_row(x + first, y + first, rows.extent, rows.inner, logarithm);
    }
}

void eval(const OpView& op, Operands in, Outputs out) {
  const AxisSplit rows = *rows_of(op);
  if (in[0]->dtype == DType::f64)
    run(rows, is_logarithm(op), in[0]->as<double>().data(), out[0].as<double>().data());
  else
    run(rows, is_logarithm(op), in[0]->as<float>().data(), out[0].as<float>().data());
}

Result<KernelCall> lower(const OpView& op, const Target&) {
  MOTE_TRY_STATUS(expect_kernel_dtype(op, {DType::f32}));
  const AxisSplit rows = *rows_of(op);
  // Neighbouring rows follow each other, and a row is written only where its own elements were read.
  const Traversal traversal = rows.inner == 1 ? Traversal::elementwise : Traversal::opaque;
  return KernelCall{
      .header = "softmax_f32",
      .kernel = is_logarithm(op) ? "log_softmax_f32" : "softmax_f32",
      .fields = {{"outer", field(rows.outer)}, {"extent", field(rows.extent)}, {"inner", field(rows.inner)}},
      .operands = {op.node.inputs[0], op.node.outputs[0]},
      .traversal = traversal};
}

Sample sample(Rng& rng) {
  std::vector<std::int64_t> extents;
  const std::int64_t rank = rng.integer(1, 4);
  for (std::int64_t axis = 0; axis < rank; ++axis) extents.push_back(rng.integer(1, 5));
  return {.attrs = {{"axis", rng.integer(-rank, rank - 1)}, {"flatten", rng.integer(0, 1)}},
          .inputs = {{.type = {.dtype = DType::f32, .shape = *Shape::make(extents)}, .low = -20.0F, .high = 20.0F}}};
}

// With J = diag(y) - y y^T by row, or of the logarithm I - 1 exp(y)^T.
void gradient(const OpView& op, GradientBuilder& builder) {
  const AxisSplit rows = *rows_of(op);
  const auto by_row = [&](Term x) { return reshaped(x, {rows.outer, rows.extent, rows.inner}); };
  const Term y = by_row(builder.result()), dy = by_row(builder.gradient());
  const Term dx = is_logarithm(op) ? dy - applied("Exp", y) * summed(dy, {1}) : y * (dy - summed(y * dy, {1}));
  builder.give(0, reshaped(dx, op.in(0).shape));
}

constexpr OpDef family[] = {
    {.name = "Softmax",
     .summary = "exponentials normalised to a sum of 1 along an axis",
     .onnx = {.name = "Softmax", .domain = "", .since = 1, .until = 13},
     .attrs = softmax_attrs,
     .adapt = adapt,
     .infer = infer,
     .eval = eval,
     .lower = lower,
     .sample = sample,
     .gradient = gradient},
    {.name = "LogSoftmax",
     .summary = "logarithm of Softmax",
     .onnx = {.name = "LogSoftmax", .domain = "", .since = 1, .until = 13},
     .attrs = softmax_attrs,
     .adapt = adapt,
     .infer = infer,
     .eval = eval,
     .lower = lower,
     .sample = sample,
     .gradient = gradient},
};

}  // namespace

std::span<const OpDef> softmax_ops();
std::span<const OpDef> softmax_ops() { return family; }

}  // namespace mote::ops
