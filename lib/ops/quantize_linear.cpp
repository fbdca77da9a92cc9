// QuantizeLinear, DequantizeLinear (ONNX 10..21): real = scale * (stored - zero point), with one scale for the tensor or
// one per index of `axis`. Blocks of an axis (`block_size`) are not supported. `saturate` concerns 8-bit floats only.
//   quantize    y = round(x / scale), halves to even, + zero point, limited to what the element type holds; a NaN
//               becomes the zero point
//   dequantize  y = (x - zero point) * scale; a difference of 32-bit integers wraps
#include <algorithm>
#include <array>

#include "lib/ops/support/axes.hpp"
#include "lib/ops/support/bounds.hpp"
#include "lib/ops/support/elementary.hpp"
#include "lib/ops/support/expect.hpp"
#include "lib/ops/support/order.hpp"
#include "lib/ops/support/sampling.hpp"
#include "lib/ops/support/types.hpp"
#include "lib/ops/support/wrapping.hpp"

namespace mote::ops {
namespace {

constexpr AttrSpec quantize_attrs[] = {
    {.name = "axis", .fallback = std::int64_t{1}},
    {.name = "block_size", .fallback = std::int64_t{0}, .lowest = 0},
    {.name = "output_dtype", .fallback = std::int64_t{0}, .lowest = 0},
    {.name = "saturate", .fallback = std::int64_t{1}, .lowest = 0, .highest = 1}};
constexpr AttrSpec dequantize_attrs[] = {{.name = "axis", .fallback = std::int64_t{1}},
                                         {.name = "block_size", .fallback = std::int64_t{0}, .lowest = 0}};

bool is_one_of(DType dtype, std::initializer_list<DType> dtypes) {
  return std::ranges::find(dtypes, dtype) != dtypes.end();
}

bool is_per_tensor(const OpView& op) {
  return op.in(1).shape.elements() == 1 && op.in(1).shape.rank() <= 1;
}

// One scale per tensor: a scalar, or a list of one as old exporters write it.
Status check_scale(const OpView& op) {
  if (op.in(1).dtype != DType::f32)
    return at(op, Code::unsupported_type, "the scale is " + type_text(op.in(1)) + ", expected f32",
              {"insert a Cast to f32 in front of the scale"});
  if (op.integer("block_size") != 0)
    return at(op, Code::unsupported_form,
              "block_size is " + std::to_string(op.integer("block_size")) + ", expected 0: blocks are not supported",
              {"quantize per tensor or per axis"});
  if (is_per_tensor(op)) return Ok{};
  const Shape& shape = op.in(0).shape;
  MOTE_TRY(const std::size_t axis, normalized_axis(op, "axis", op.integer("axis"), shape.rank()));
  return expect_shape(op, 1, "scale", {shape[axis]});
}

Status check_zero_point(const OpView& op) {
  if (!op.has_in(2)) return Ok{};
  const Shape& zero = op.in(2).shape;
  if (zero.elements() == op.in(1).shape.elements() && zero.rank() <= 1) return Ok{};
  return at(op, Code::shape_mismatch,
            "the zero point is " + zero.text() + ", expected the shape of the scale, " + op.in(1).shape.text(),
            {"check the exported zero point"});
}

// The zero point decides; without one `output_dtype` does; without either the result is u8.
Result<DType> quantized_dtype(const OpView& op) {
  const std::int64_t requested = op.integer("output_dtype");
  const auto named = requested == 0 ? std::optional<DType>(DType::u8) : dtype_from_onnx(requested);
  const auto dtype = op.has_in(2) ? std::optional<DType>(op.in(2).dtype) : named;
  if (requested != 0 && dtype != named)
    return at(op, Code::unsupported_type,
              "output_dtype is " + std::to_string(requested) + ", expected the type of the zero point, " +
                  std::string(name_of(op.in(2).dtype)),
              {"leave output_dtype out"});
  if (!dtype || !is_one_of(*dtype, {DType::u8, DType::s8, DType::u16, DType::s16}))
    return at(op, Code::unsupported_type,
              "the result is " + (dtype ? std::string(name_of(*dtype)) : "of ONNX type " + std::to_string(requested)) +
                  ", expected u8, s8, u16 or s16",
              {"quantize to 8 or 16 bits"});
  return *dtype;
}

Result<Types> infer_quantize(const OpView& op) {
  if (!is_one_of(op.in(0).dtype, {DType::f32, DType::s32}))
    return at(op, Code::unsupported_type, "input 'x' is " + type_text(op.in(0)) + ", expected f32 or s32",
              {"insert a Cast to f32 before this node"});
  MOTE_TRY_STATUS(check_scale(op));
  MOTE_TRY_STATUS(check_zero_point(op));
  MOTE_TRY(const DType dtype, quantized_dtype(op));
  return Types{{.dtype = dtype, .shape = op.in(0).shape}};
}

Result<Types> infer_dequantize(const OpView& op) {
  if (!is_one_of(op.in(0).dtype, {DType::u8, DType::s8, DType::u16, DType::s16, DType::s32}))
    return at(op, Code::unsupported_type,
              "input 'x' is " + type_text(op.in(0)) + ", expected u8, s8, u16, s16 or s32",
              {"quantize to 8 or 16 bits"});
  MOTE_TRY_STATUS(check_scale(op));
  MOTE_TRY_STATUS(check_zero_point(op));
  if (op.has_in(2)) {
    MOTE_TRY_STATUS(expect_same_dtype(op, 2, "zero point"));
  }
  return Types{{.dtype = DType::f32, .shape = op.in(0).shape}};
}

AxisSplit split_of(const OpView& op) {
  const Shape& shape = op.in(0).shape;
  if (is_per_tensor(op)) return {.outer = 1, .extent = 1, .inner = shape.elements()};
  return split_at(shape, checked_axis(op, "axis", shape.rank()));
}

// visit(element, index of its scale) for every element upwards.
template <class Visit>
void for_each_scaled(const AxisSplit& split, Visit&& visit) {
  std::size_t element = 0;
  for (std::int64_t outer = 0; outer < split.outer; ++outer)
    for (std::int64_t i = 0; i < split.extent; ++i)
      for (std::int64_t inner = 0; inner < split.inner; ++inner) visit(element++, static_cast<std::size_t>(i));
}

const Tensor* zero_of(Operands in) { return in.size() > 2 ? in[2] : nullptr; }

// The limits less the zero point are below 2^17 and so exact in either precision.
template <class T, class Real>
T quantized(Real scaled, std::int32_t zero) {
  if (is_nan(scaled)) return static_cast<T>(zero);
  const Real rounded = round_half_even(scaled);
  const std::int32_t lowest = std::numeric_limits<T>::lowest() - zero;
  const std::int32_t highest = std::numeric_limits<T>::max() - zero;
  if (rounded <= static_cast<Real>(lowest)) return std::numeric_limits<T>::lowest();
  if (rounded >= static_cast<Real>(highest)) return std::numeric_limits<T>::max();
  return static_cast<T>(static_cast<std::int32_t>(rounded) + zero);
}

template <class X, class Real, class T>
void quantize(const AxisSplit& split, Operands in, Tensor& out) {
  const auto x = in[0]->as<X>();
  const auto scale = in[1]->as<Real>();
  const auto y = out.as<T>();
  for_each_scaled(split, [&](std::size_t element, std::size_t i) {
    const std::int32_t zero = zero_of(in) == nullptr ? 0 : zero_of(in)->as<T>()[i];
    y[element] = quantized<T>(static_cast<Real>(x[element]) / scale[i], zero);
  });
}

// Calls f with the type that stores a quantized element.
template <class F>
void visit_quantized(DType dtype, F&& f) {
  visit_dtype(dtype, [&]<class T>() {
    if constexpr (std::is_integral_v<T> && (sizeof(T) <= 2 || std::is_same_v<T, std::int32_t>))
      f.template operator()<T>();
    else
      MOTE_CHECK(false);
  });
}

void eval_quantize(const OpView& op, Operands in, Outputs out) {
  const AxisSplit split = split_of(op);
  visit_quantized(out[0].dtype, [&]<class T>() {
    if constexpr (sizeof(T) <= 2) {
      const bool from_integers = in[0]->dtype == DType::s32;
      if (in[1]->dtype == DType::f64)
        from_integers ? quantize<std::int32_t, double, T>(split, in, out[0]) : quantize<double, double, T>(split, in, out[0]);
      else
        from_integers ? quantize<std::int32_t, float, T>(split, in, out[0]) : quantize<float, float, T>(split, in, out[0]);
    }
  });
}

template <class Real, class T>
void dequantize(const AxisSplit& split, Operands in, Tensor& out) {
  const auto x = in[0]->as<T>();
  const auto scale = in[1]->as<Real>();
  const auto y = out.as<Real>();
  for_each_scaled(split, [&](std::size_t element, std::size_t i) {
    const std::int32_t zero = zero_of(in) == nullptr ? 0 : zero_of(in)->as<T>()[i];
    y[element] = static_cast<Real>(wrapping_subtract<std::int32_t>(x[element], zero)) * scale[i];
  });
}

void eval_dequantize(const OpView& op, Operands in, Outputs out) {
  const AxisSplit split = split_of(op);
  visit_quantized(in[0]->dtype, [&]<class T>() {
    if (in[1]->dtype == DType::f64)
      dequantize<double, T>(split, in, out[0]);
    else
      dequantize<float, T>(split, in, out[0]);
  });
}

KernelCall linear_call(const OpView& op, std::string kernel, DType quantized_type) {
  const AxisSplit split = split_of(op);
  return {.header = "quantize_linear",
          .kernel = std::move(kernel),
          .types = {type_name(quantized_type)},
          .fields = {{"outer", field(split.outer)}, {"extent", field(split.extent)}, {"inner", field(split.inner)}},
          .operands = {op.node.inputs[0], op.node.inputs[1], op.has_in(2) ? op.node.inputs[2] : ValueId{},
                       op.node.outputs[0]}};
}
IntegerBounds bounds_of_quantize(const OpView& op, Intervals) {
  return {.output = interval_of(op.out(0).dtype),
          .unclamped = Interval{Interval::minus_infinity, Interval::infinity},
          .output_rounding = 0.5};
}

Result<KernelCall> lower_quantize(const OpView& op, const Target&) {
  return linear_call(op, "quantize_linear", op.out(0).dtype);
}
Result<KernelCall> lower_dequantize(const OpView& op, const Target&) {
  return linear_call(op, "dequantize_linear", op.in(0).dtype);
}

// Scales are positive; a zero point is drawn from what every element type holds.
Sample linear_sample(Rng& rng, DType stored) {
  const Shape shape = random_shape(rng, 1, 4, 5);
  const auto axis = static_cast<std::size_t>(rng.integer(0, static_cast<std::int64_t>(shape.rank()) - 1));
  const bool per_axis = rng.chance(2);
  const Shape scales = per_axis ? shape_of({shape[axis]}) : Shape{};
  Sample sample;
  sample.attrs["axis"] = random_spelling(rng, axis, shape.rank());
  sample.inputs = {{.type = {.dtype = DType::f32, .shape = shape}},
                   {.type = {.dtype = DType::f32, .shape = scales}, .low = 0.01F, .high = 0.5F},
                   {.type = {.dtype = stored, .shape = scales}, .present = !rng.chance(3), .low = 0.0F, .high = 100.0F}};
  return sample;
}

DType stored_dtype(Rng& rng) {
  constexpr std::array dtypes{DType::u8, DType::s8, DType::u16, DType::s16};
  return dtypes[static_cast<std::size_t>(rng.integer(0, 3))];
}

Sample sample_quantize(Rng& rng) {
  Sample sample = linear_sample(rng, stored_dtype(rng));
  Sample::Input& x = sample.inputs[0];
  if (rng.chance(4)) x.type.dtype = DType::s32;
  x.low = -30.0F;
  x.high = 30.0F;
  return sample;
}

Sample sample_dequantize(Rng& rng) {
  Sample sample = linear_sample(rng, rng.chance(4) ? DType::s32 : stored_dtype(rng));
  sample.inputs[0] = {.type = {.dtype = sample.inputs[2].type.dtype, .shape = sample.inputs[0].type.shape},
                      .low = 0.0F,
                      .high = 127.0F};
  return sample;
}

constexpr OpDef family[] = {
    {.name = "QuantizeLinear",
     .summary = "real numbers stored as small integers with scale and zero point",
     .onnx = {.name = "QuantizeLinear", .domain = "", .since = 10, .until = 21},
     .arity = {.min_in = 2, .max_in = 3},
     .attrs = quantize_attrs,
     .infer = infer_quantize,
     .eval = eval_quantize,
     .bounds = bounds_of_quantize,
     .lower = lower_quantize,
     .sample = sample_quantize},
    {.name = "DequantizeLinear",
     .summary = "the real numbers that small integers with scale and zero point stand for",
     .onnx = {.name = "DequantizeLinear", .domain = "", .since = 10, .until = 21},
     .arity = {.min_in = 2, .max_in = 3},
     .attrs = dequantize_attrs,
     .infer = infer_dequantize,
     .eval = eval_dequantize,
     .lower = lower_dequantize,
     .sample = sample_dequantize},
};

}  // namespace

std::span<const OpDef> quantize_linear_ops();
std::span<const OpDef> quantize_linear_ops() { return family; }

}  // namespace mote::ops
