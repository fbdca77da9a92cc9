// Normalize: mote's core normalization, f32: the rows of x, its elements along `axes`, to mean 0 (with `center`) and
// variance 1, times `scale` plus `bias`, which broadcast to x and have its rank.
// Value: codegen/kernels/normalize_f32.hpp.
#include "lib/ops/gradient.hpp"
#include "lib/ops/support/elementary.hpp"
#include "lib/ops/support/expect_dtype.hpp"
#include "lib/ops/support/normalize_form.hpp"
#include "lib/ops/support/expect.hpp"
#include "lib/ops/support/types.hpp"

namespace mote::ops {
namespace {

constexpr AttrSpec normalize_attrs[] = {normalize_axes_attr, normalize_center_attr,
                                        {.name = "epsilon", .kind = AttrKind::real, .fallback = 1e-5F, .lowest = 0.0}};

const Shape* parameters_of(const OpView& op) {
  if (op.has_in(1)) return &op.in(1).shape;
  return op.has_in(2) ? &op.in(2).shape : nullptr;
}

Result<Types> infer(const OpView& op) {
  for (std::size_t i = 0; i < 3; ++i)
    if (op.has_in(i)) MOTE_TRY_STATUS(expect_dtype(op, i, i == 0 ? "x" : "parameters", {DType::f32}));
  if (op.has_in(1) && op.has_in(2) && op.in(1).shape != op.in(2).shape)
    return at(op, Code::shape_mismatch,
              "scale is " + op.in(1).shape.text() + " and bias " + op.in(2).shape.text() + ", expected one shape");
  MOTE_TRY([[maybe_unused]] const NormalizeForm form, normalize_form(op, parameters_of(op)));
  return Types{{.dtype = DType::f32, .shape = op.in(0).shape}};
}

template <class T>
void normalize(const OpView& op, Operands in, Tensor& out) {
  const NormalizeForm form = *normalize_form(op, parameters_of(op));
  const auto x = in[0]->as<T>();
  const auto y = out.as<T>();
  const auto parameter = [&](std::size_t operand, std::size_t index, T otherwise) {
    return op.has_in(operand) ? in[operand]->as<T>()[index] : otherwise;
  };
  const T count = static_cast<T>(form.count);
  for_each_of(form.kept, [&](std::size_t row, std::size_t parameters) {
    T sum{0}, squares{0};
    if (op.integer("center") != 0) for_each_of(form.reduced, [&](std::size_t i, std::size_t) { sum += x[row + i]; });
    const T mean = op.integer("center") != 0 ? sum / count : T{0};
    for_each_of(form.reduced, [&](std::size_t i, std::size_t) { squares += (x[row + i] - mean) * (x[row + i] - mean); });
    const T factor = T{1} / sqrt_of(squares / count + static_cast<T>(op.real("epsilon")));
    for_each_of(form.reduced, [&](std::size_t i, std::size_t p) {
      const T normalized = (x[row + i] - mean) * factor;
      y[row + i] = normalized * parameter(1, parameters + p, T{1}) + parameter(2, parameters + p, T{0});
    });
  });
}

void eval(const OpView& op, Operands in, Outputs out) {
  if (in[0]->dtype == DType::f64)
    normalize<double>(op, in, out[0]);
  else
    normalize<float>(op, in, out[0]);
}

Result<KernelCall> lower(const OpView& op, const Target&) {
  const NormalizeForm form = *normalize_form(op, parameters_of(op));
  const auto operand = [&](std::size_t i) { return op.has_in(i) ? op.node.inputs[i] : ValueId{}; };
  KernelCall call{.header = "normalize_f32",
                  .kernel = "normalize_f32",
                  .operands = {operand(0), operand(1), operand(2), op.node.outputs[0]},
                  .traversal = is_contiguous(form) ? Traversal::elementwise : Traversal::opaque};
  append_normalize_fields(call, form);
  call.fields.insert(call.fields.end(), {{"center", op.integer("center") != 0}, {"epsilon", op.real("epsilon")}});
  return call;
}

// Of every element: the difference, its square, the product.
std::int64_t macs(const OpView& op) { return 2 * op.in(0).shape.elements(); }

Sample sample(Rng& rng) {
  NormalizeSample drawn = sample_normalize(rng);
  const Sample::Input parameters{.type = {.dtype = DType::f32, .shape = drawn.parameters}};
  Sample sample{.attrs = {{"axes", drawn.axes}, {"center", rng.integer(0, 1)}, {"epsilon", rng.real(0.01F, 0.5F)}},
                .inputs = {{.type = {.dtype = DType::f32, .shape = drawn.x}}, parameters, parameters}};
  sample.inputs[1].present = !rng.chance(4);
  if (rng.chance(4)) sample.inputs.pop_back();
  return sample;
}

// With g = dy * scale, n the normalized row and f the factor that made it:
//   dx = f * (g - mean(g) - n * mean(g * n)), without mean(g) where the mean was not taken off.
void gradient(const OpView& op, GradientBuilder& builder) {
  const Term x = builder.operand(0), dy = builder.gradient();
  const Attrs rows{{"axes", op.integers("axes")}, {"noop_with_empty_axes", std::int64_t{1}}};
  const auto mean = [&](Term term) { return builder.apply("ReduceMean", {term}, rows); };
  const bool center = op.integer("center") != 0;
  const Term distance = center ? x - mean(x) : x;
  const Term factor = 1.0F / applied("Sqrt", mean(distance * distance) + op.real("epsilon"));
  const Term normalized = distance * factor;
  const Term g = op.has_in(1) ? dy * builder.operand(1) : dy;
  if (builder.wants(0)) {
    const Term along = g - normalized * mean(g * normalized);
    builder.give(0, factor * (center ? along - mean(g) : along));
  }
  if (builder.wants(1)) builder.give(1, dy * normalized);
  if (builder.wants(2)) builder.give(2, dy);
}

constexpr OpDef family[] = {
    {.name = "Normalize",
     .summary = "rows of mean 0 and variance 1, times a scale plus a bias",
     .arity = {.min_in = 1, .max_in = 3},
     .attrs = normalize_attrs,
     .infer = infer,
     .eval = eval,
     .macs = macs,
     .lower = lower,
     .sample = sample,
     .gradient = gradient},
};

}  // namespace

std::span<const OpDef> normalize_ops();
std::span<const OpDef> normalize_ops() { return family; }

}  // namespace mote::ops
