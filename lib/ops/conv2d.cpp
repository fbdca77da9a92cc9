// Conv2d and DepthwiseConv2d: mote's core convolutions, channels last, with constant weights, fused residual and clamp.
//   Conv2d           x [N,H,W,C], w [KH,KW,C/group,OC], bias [OC]?, residual [N,OH,OW,OC]?, levels and scale (weight_levels.hpp)?
//   DepthwiseConv2d  x [N,H,W,C], w [KH,KW,OC], OC = C * multiplier, output channel oc reads channel oc / multiplier
// Value: codegen/kernels/conv2d_f32.hpp. Passes make them from ONNX Conv.
#include "lib/ops/support/conv2d_geometry.hpp"
#include "lib/ops/support/epilogue.hpp"
#include "lib/ops/support/expect.hpp"
#include "lib/ops/support/product_gradients.hpp"
#include "lib/ops/support/weight_levels.hpp"

namespace mote::ops {
namespace {

constexpr AttrSpec conv2d_attrs[] = {dilations_attr, group_attr, high_attr, low_attr, pads_attr, strides_attr};
constexpr AttrSpec depthwise_attrs[] = {dilations_attr, high_attr, low_attr, pads_attr, strides_attr};

Result<Types> infer(const OpView& op) {
  if (op.in(0).dtype != DType::f32)
    return at(op, Code::unsupported_type, "input 'x' is " + type_text(op.in(0)) + ", expected f32",
              {"ONNX Conv also computes in double precision"});
  MOTE_TRY_STATUS(expect_same_dtype(op, 1, "w"));
  MOTE_TRY(const std::vector<std::int64_t> extents, convolution_extents(op));
  if (op.has_in(2)) {
    MOTE_TRY_STATUS(expect_same_dtype(op, 2, "bias"));
    MOTE_TRY_STATUS(expect_shape(op, 2, "bias", {extents.back()}));
    MOTE_TRY_STATUS(expect_constant(op, 2, "bias"));
  }
  MOTE_TRY_STATUS(expect_ordered_bounds(op));
  MOTE_TRY(TensorType type, make_type(op, op.in(0).dtype, extents));
  if (op.has_in(3)) {
    MOTE_TRY_STATUS(expect_same_dtype(op, 3, "residual"));
    MOTE_TRY_STATUS(expect_shape(op, 3, "residual", extents));
  }
  MOTE_TRY_STATUS(expect_levels(op));
  return Types{std::move(type)};
}

template <class T>
void run(const Convolution& conv, Operands in, Outputs out) {
  const T* bias = in.size() > 2 && in[2] != nullptr ? in[2]->as<T>().data() : nullptr;
  convolve(conv, in[0]->as<T>().data(), in[1]->as<T>().data(), bias, out[0].as<T>().data());
}

void eval(const OpView& op, Operands in, Outputs out) {
  if (in[0]->dtype == DType::f64)
    run<double>(convolution_of(op), in, out);
  else
    run<float>(convolution_of(op), in, out);
  apply_epilogue(op, in.size() > 3 ? in[3] : nullptr, out[0]);
}

std::int64_t macs(const OpView& op) { return convolution_of(op).macs(); }

Result<KernelCall> lower(const OpView& op, const Target& target) {
  KernelCall call = real_product_call(op, is_depthwise(op) ? "depthwise_conv2d_f32" : "conv2d_f32", macs(op));
  append_convolution_fields(op, target, Arithmetic::floating, op.has_in(3), call);
  append_clamp_fields(op, call);
  return call;
}

Sample::Input constant_input(Rng& rng, const std::vector<std::int64_t>& extents) {
  Tensor tensor = Tensor::zeros(DType::f32, *Shape::make(extents));
  for (float& value : tensor.as<float>()) value = rng.real(-1.0F, 1.0F);
  return {.type = {.dtype = tensor.dtype, .shape = tensor.shape}, .constant = tensor};
}

Sample sample_of(Rng& rng, bool depthwise) {
  Sample sample;
  const SampledConvolution extents = sample_convolution(rng, sample.attrs, depthwise);
  sample_bounds(rng, sample.attrs);
  sample.inputs = {{.type = {.dtype = DType::f32, .shape = *Shape::make(extents.x)}},
                   constant_input(rng, extents.w),
                   constant_input(rng, {extents.w.back()})};
  sample.inputs[2].present = !rng.chance(3);
  return sample;
}

Sample sample_conv2d(Rng& rng) { return sample_of(rng, false); }
Sample sample_depthwise(Rng& rng) { return sample_of(rng, true); }

constexpr OpDef family[] = {
    {.name = "Conv2d",
     .summary = "2-D convolution, channels last, constant weights, fused residual and clamp",
     .arity = {.min_in = 2, .max_in = 6},
     .attrs = conv2d_attrs,
     .infer = infer,
     .eval = eval,
     .macs = macs,
     .lower = lower,
     .sample = sample_conv2d,
     .gradient = gradient_of_conv2d},
    {.name = "DepthwiseConv2d",
     .summary = "Conv2d in which every output channel reads one input channel",
     .arity = {.min_in = 2, .max_in = 6},
     .attrs = depthwise_attrs,
     .infer = infer,
     .eval = eval,
     .macs = macs,
     .lower = lower,
     .sample = sample_depthwise,
     .gradient = gradient_of_depthwise_conv2d},
};

}  // namespace

std::span<const OpDef> conv2d_ops();
std::span<const OpDef> conv2d_ops() { return family; }

}  // namespace mote::ops
