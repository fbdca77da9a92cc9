// QuantizedConv2d and QuantizedDepthwiseConv2d: mote's integer convolutions, channels last, with constant weights.
//   QuantizedConv2d           x [N,H,W,C], w [KH,KW,C/group,OC], bias [OC], multiplier [OC], residual [N,OH,OW,OC]?,
//                             table [256]?, packed [KH,KW,C/group,OC/2]?, stream [bytes]?
//   QuantizedDepthwiseConv2d  w [KH,KW,OC], OC = C * (channels per input channel), packed [KH,KW,OC/2]?, otherwise the same
// Types, arithmetic and proofs: support/quantized_product.hpp. Taps in the padding read `pad_value`, x's zero point.
#include "lib/ops/support/conv2d_geometry.hpp"
#include "lib/ops/support/half_bytes.hpp"
#include "lib/ops/support/quantized_product.hpp"
#include "lib/ops/support/sparse_weights.hpp"
#include "lib/ops/support/types.hpp"

namespace mote::ops {
namespace {

constexpr AttrSpec pad_value_attr{.name = "pad_value", .fallback = std::int64_t{0}, .lowest = -32768, .highest = 32767};
constexpr AttrSpec conv2d_attrs[] = {accumulator_shift_attr, dilations_attr,     group_attr,
                                     highest_attr,           lowest_attr,        output_bits_attr,
                                     pad_value_attr,         pads_attr,          residual_multiplier_attr,
                                     stream_channels_attr,   stream_inputs_attr, strides_attr};
constexpr AttrSpec depthwise_attrs[] = {
    accumulator_shift_attr,   dilations_attr, highest_attr, lowest_attr, output_bits_attr, pad_value_attr, pads_attr,
    residual_multiplier_attr, strides_attr};

Result<Types> infer(const OpView& op) {
  MOTE_TRY_STATUS(expect_product_operands(op));
  MOTE_TRY(std::vector<std::int64_t> extents, convolution_extents(op));
  const Interval activation = interval_of(op.in(0).dtype), pad = point(op.integer("pad_value"));
  if (!activation.contains(pad))
    return at(op, Code::attribute_range,
              "pad_value is " + std::to_string(pad.lowest) + ", expected a value of x's type " +
                  std::string(name_of(op.in(0).dtype)),
              {"the padding holds x's zero point"});
  return quantized_product_types(op, std::move(extents), activation);
}

// With every x less pad_value, taps in the padding add nothing, so that they may be skipped; what they would add is
// the same for every pixel: pad_value times the sum of the channel's weights.
void eval(const OpView& op, Operands in, Outputs out) {
  const Convolution conv = convolution_of(op);
  const std::int64_t pad = op.integer("pad_value");
  std::vector<std::int64_t> x = in[0]->to_integers(), bias = in[2]->to_integers();
  const std::vector<std::int64_t> w = in[1]->to_integers();
  for (std::int64_t& value : x) value -= pad;
  for (std::size_t i = 0; i < w.size(); ++i) bias[i % bias.size()] += pad * w[i];
  std::vector<std::int64_t> sums(static_cast<std::size_t>(op.out(0).shape.elements()));
  convolve(conv, x.data(), w.data(), bias.data(), sums.data());
  requantize_products(op, sums, in, out[0]);
}

IntegerBounds bounds(const OpView& op, Intervals inputs) {
  return bounds_of_products(op, inputs, hull(inputs[0], point(op.integer("pad_value"))));
}

std::int64_t macs(const OpView& op) { return convolution_of(op).macs(); }

Result<KernelCall> lower(const OpView& op, const Target& target) {
  KernelCall call =
      quantized_product_call(op, is_depthwise(op) ? "quantized_depthwise_conv2d" : "quantized_conv2d", macs(op));
  append_convolution_fields(op, target, Arithmetic::integer, op.has_in(4), call);
  append_stream_field(op, call);
  call.fields.emplace_back("pad_value", field(op.integer("pad_value")));
  append_quantized_fields(op, call);
  return call;
}

KernelRows sampled_rows(const Attrs& attrs, const SampledConvolution& extents, std::int64_t groups) {
  const auto& dilations = std::get<std::vector<std::int64_t>>(attrs.find("dilations")->second);
  return {.rows = extents.w[0],
          .columns = extents.w[1],
          .depth = extents.w[2],
          .channels = extents.w[3],
          .groups = groups,
          .column_step = dilations[1] * extents.x[3]};
}

Sample sample_of(Rng& rng, bool depthwise) {
  Sample sample;
  const SampledConvolution extents = sample_convolution(rng, sample.attrs, depthwise);
  const DType dtype = sample_activation_dtype(rng);
  const Interval activation = interval_of(dtype);
  if (!rng.chance(3)) sample.attrs["pad_value"] = rng.integer(activation.lowest, activation.highest);
  const std::int64_t groups = depthwise ? extents.x[3] : std::get<std::int64_t>(sample.attrs.find("group")->second);
  WeightForms forms{.half_bytes = has_whole_runs(extents.y[3], groups, depthwise)};
  if (!depthwise) forms.rows = sampled_rows(sample.attrs, extents, groups);
  sample_quantized_product(rng, sample, dtype, extents.x, extents.w, extents.y, activation, forms);
  return sample;
}

Sample sample_conv2d(Rng& rng) { return sample_of(rng, false); }
Sample sample_depthwise(Rng& rng) { return sample_of(rng, true); }

constexpr OpDef family[] = {
    {.name = "QuantizedConv2d",
     .summary = "2-D convolution of integers, channels last, constant weights, fused residual and clamp",
     .arity = {.min_in = 4, .max_in = 8},
     .attrs = conv2d_attrs,
     .infer = infer,
     .eval = eval,
     .bounds = bounds,
     .macs = macs,
     .lower = lower,
     .sample = sample_conv2d},
    {.name = "QuantizedDepthwiseConv2d",
     .summary = "QuantizedConv2d in which every output channel reads one input channel",
     .arity = {.min_in = 4, .max_in = 7},
     .attrs = depthwise_attrs,
     .infer = infer,
     .eval = eval,
     .bounds = bounds,
     .macs = macs,
     .lower = lower,
     .sample = sample_depthwise},
};

}  // namespace

std::span<const OpDef> quantized_conv2d_ops();
std::span<const OpDef> quantized_conv2d_ops() { return family; }

}  // namespace mote::ops
