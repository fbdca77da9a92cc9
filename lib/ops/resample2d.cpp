// Resample2d: mote's core form of Resize by interpolation, f32. Axes `axis` and `axis` + 1 of x are rows and columns of
// images; an element of the result is a weighted sum of neighbours: operands lib/ops/support/resample_form.hpp, `outside`
// is the result where the first tap is -1. Value: codegen/kernels/resample2d_f32.hpp.
#include "lib/ops/gradient.hpp"
#include "lib/ops/support/expect_dtype.hpp"
#include "lib/ops/support/resample_form.hpp"
#include "lib/ops/support/sampling.hpp"

namespace mote::ops {
namespace {

constexpr AttrSpec resample_attrs[] = {resample_axis_attr,
                                       {.name = "outside", .kind = AttrKind::real, .fallback = 0.0F}};

Result<Types> infer(const OpView& op) {
  MOTE_TRY_STATUS(expect_dtype(op, 0, "x", {DType::f32}));
  MOTE_TRY(const ResampleForm form, resample_form(op, DType::f32));
  MOTE_TRY(TensorType type, image_type(op, form.image));
  return Types{std::move(type)};
}

template <class T>
void resample(const OpView& op, Operands in, Tensor& out) {
  const ResampleForm form = *resample_form(op, DType::f32);
  const ImageAxes& image = form.image;
  const std::vector<std::int64_t> rows = in[1]->to_integers(), columns = in[3]->to_integers();
  const auto x = in[0]->as<T>(), row_weights = in[2]->as<T>(), column_weights = in[4]->as<T>();
  const auto y = out.as<T>();
  for (std::int64_t at = 0; at < static_cast<std::int64_t>(y.size()); ++at) {
    const std::int64_t c = at % image.inner, pixel = at / image.inner;
    const std::int64_t w = pixel % image.out_w, h = pixel / image.out_w % image.out_h;
    const std::int64_t row = rows[static_cast<std::size_t>(h)], column = columns[static_cast<std::size_t>(w)];
    T& result = y[static_cast<std::size_t>(at)];
    result = row < 0 || column < 0 ? static_cast<T>(op.real("outside")) : T{0};
    for (std::int64_t i = 0; row >= 0 && column >= 0 && i < form.taps_h; ++i) {
      const std::int64_t line = (pixel / image.out_w / image.out_h * image.in_h + row + i) * image.in_w + column;
      T sum{0};
      for (std::int64_t j = 0; j < form.taps_w; ++j)
        sum += column_weights[static_cast<std::size_t>(w * form.taps_w + j)] *
               x[static_cast<std::size_t>((line + j) * image.inner + c)];
      result += row_weights[static_cast<std::size_t>(h * form.taps_h + i)] * sum;
    }
  }
}

void eval(const OpView& op, Operands in, Outputs out) {
  if (in[0]->dtype == DType::f64)
    resample<double>(op, in, out[0]);
  else
    resample<float>(op, in, out[0]);
}

Result<KernelCall> lower(const OpView& op, const Target&) {
  KernelCall call = resample_call(op, "resample2d_f32");
  call.fields.emplace_back("extrapolation_value", op.real("outside"));
  return call;
}

Sample::Input random_weights(Rng& rng, std::int64_t outputs, std::int64_t taps) {
  Tensor weights = Tensor::zeros(DType::f32, shape_of({outputs, taps}));
  for (float& weight : weights.as<float>()) weight = rng.real(-0.5F, 1.0F);
  TensorType type{.dtype = DType::f32, .shape = weights.shape};
  return {.type = std::move(type), .constant = std::move(weights)};
}

Sample sample(Rng& rng) {
  const Shape x = random_shape(rng, 2, 5, 5);
  const std::int64_t axis = rng.integer(0, static_cast<std::int64_t>(x.rank()) - 2);
  const std::int64_t in_h = x[static_cast<std::size_t>(axis)], in_w = x[static_cast<std::size_t>(axis) + 1];
  const std::int64_t taps_h = rng.integer(1, in_h), taps_w = rng.integer(1, in_w);
  const std::int64_t out_h = rng.integer(1, 6), out_w = rng.integer(1, 6);
  return {.attrs = {{"axis", axis}, {"outside", rng.real(-2.0F, 2.0F)}},
          .inputs = {{.type = {.dtype = DType::f32, .shape = x}},
                     random_windows(rng, out_h, in_h, taps_h),
                     random_weights(rng, out_h, taps_h),
                     random_windows(rng, out_w, in_w, taps_w),
                     random_weights(rng, out_w, taps_w)}};
}

// The weights of one axis as a matrix, transposed: [extent, outputs].
Tensor weights_along(const Tensor& firsts, const Tensor& weights, std::int64_t extent) {
  const std::vector<std::int64_t> starts = firsts.to_integers();
  const std::vector<double> values = weights.to_reals();
  const std::size_t outputs = starts.size(), taps = outputs == 0 ? 0 : values.size() / outputs;
  Tensor matrix = Tensor::zeros(DType::f32, shape_of({extent, static_cast<std::int64_t>(outputs)}));
  for (std::size_t i = 0; i < outputs; ++i)
    for (std::size_t tap = 0; starts[i] >= 0 && tap < taps; ++tap)
      matrix.as<float>()[(static_cast<std::size_t>(starts[i]) + tap) * outputs + i] = static_cast<float>(values[i * taps + tap]);
  return matrix;
}

void gradient(const OpView& op, GradientBuilder& builder) {
  const auto axis = static_cast<std::size_t>(op.integer("axis"));
  const Shape& x = op.in(0).shape;
  const Tensor rows = weights_along(op.constant(1), op.constant(2), x[axis]);
  const Tensor columns = weights_along(op.constant(3), op.constant(4), x[axis + 1]);
  builder.give(0, multiplied_along(multiplied_along(builder.gradient(), axis + 1, columns), axis, rows));
}

constexpr OpDef family[] = {
    {.name = "Resample2d",
     .summary = "images whose pixels are weighted sums of neighbours",
     .arity = {.min_in = 5, .max_in = 5},
     .attrs = resample_attrs,
     .infer = infer,
     .eval = eval,
     .macs = resample_macs,
     .lower = lower,
     .sample = sample,
     .gradient = gradient},
};

}  // namespace

std::span<const OpDef> resample2d_ops();
std::span<const OpDef> resample2d_ops() { return family; }

}  // namespace mote::ops
