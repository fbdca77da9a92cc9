// Conv2d and DepthwiseConv2d: mote's core convolutions, channels last, with constant weights, fused residual and clamp.
//   Conv2d           x [N,H,W,C], w [KH,KW,C/group,OC], bias [OC]?, residual [N,OH,OW,OC]?
//   DepthwiseConv2d  x [N,H,W,C], w [KH,KW,OC], OC = C * multiplier, output channel oc reads channel oc / multiplier
// Value: codegen/kernels/conv2d_f32.hpp. Passes make them from ONNX Conv.
#include "lib/ops/support/convolution.hpp"
#include "lib/ops/support/epilogue.hpp"
#include "lib/ops/support/expect.hpp"
#include "lib/ops/support/tiling.hpp"
#include "lib/ops/support/types.hpp"

namespace mote::ops {
namespace {

constexpr AttrSpec dilations_attr{
    .name = "dilations", .kind = AttrKind::integers, .lowest = 1, .highest = window_limit};
constexpr AttrSpec pads_attr{.name = "pads", .kind = AttrKind::integers, .lowest = 0, .highest = window_limit};
constexpr AttrSpec strides_attr{.name = "strides", .kind = AttrKind::integers, .lowest = 1, .highest = window_limit};
constexpr AttrSpec conv2d_attrs[] = {
    dilations_attr, {.name = "group", .fallback = std::int64_t{1}, .lowest = 1, .highest = window_limit},
    high_attr,      low_attr,
    pads_attr,      strides_attr};
constexpr AttrSpec depthwise_attrs[] = {dilations_attr, high_attr, low_attr, pads_attr, strides_attr};

bool is_depthwise(const OpView& op) { return op.node.op->name == "DepthwiseConv2d"; }

Result<Window> window_of(const OpView& op) {
  return resolve_window(op, op.in(0).shape.extents().subspan(1, 2), op.in(1).shape.extents().first(2));
}

// Layout of either operator; called by infer once ranks are known, before channels are compared.
struct Channels {
  std::int64_t groups, group_in_c, group_out_c;
};

Result<Channels> channels_of(const OpView& op) {
  const Shape& w = op.in(1).shape;
  const std::int64_t in_c = op.in(0).shape[3];
  const std::int64_t out_c = w[w.rank() - 1];
  const std::int64_t groups = is_depthwise(op) ? in_c : op.integer("group");
  const std::int64_t group_in_c = is_depthwise(op) ? 1 : w[2];
  const bool whole_groups = groups == 0 ? out_c == 0 : out_c % groups == 0;
  if (group_in_c * groups != in_c || !whole_groups)
    return at(op, Code::shape_mismatch,
              "weights " + w.text() + " do not fit " + std::to_string(in_c) + " input channels in " +
                  std::to_string(groups) + " groups, expected " + (is_depthwise(op) ? "KHxKWx" : "KHxKWxC/groupx") +
                  "(a multiple of the groups)",
              {"core convolutions are channels last; check the pass that made this node"});
  return Channels{groups, group_in_c, groups == 0 ? 0 : out_c / groups};
}

Status check_operands(const OpView& op) {
  const std::size_t weight_rank = is_depthwise(op) ? 3 : 4;
  if (op.in(0).dtype != DType::f32)
    return at(op, Code::unsupported_type, "input 'x' is " + type_text(op.in(0)) + ", expected f32",
              {"ONNX Conv also computes in double precision"});
  MOTE_TRY_STATUS(expect_same_dtype(op, 1, "w"));
  MOTE_TRY_STATUS(expect_rank(op, 0, "x", 4, 4));
  MOTE_TRY_STATUS(expect_rank(op, 1, "w", weight_rank, weight_rank));
  MOTE_TRY_STATUS(expect_constant(op, 1, "w"));
  if (op.in(1).shape[0] < 1 || op.in(1).shape[1] < 1)
    return at(op, Code::shape_mismatch, "input 'w' is " + op.in(1).shape.text() + ", expected kernel extents >= 1",
              {"check the pass that made this node"});
  if (op.has_in(2)) {
    MOTE_TRY_STATUS(expect_same_dtype(op, 2, "bias"));
    MOTE_TRY_STATUS(expect_shape(op, 2, "bias", {op.in(1).shape[weight_rank - 1]}));
    MOTE_TRY_STATUS(expect_constant(op, 2, "bias"));
  }
  return expect_ordered_bounds(op);
}

Result<Types> infer(const OpView& op) {
  MOTE_TRY_STATUS(check_operands(op));
  MOTE_TRY(const Channels channels, channels_of(op));
  MOTE_TRY(const Window window, window_of(op));
  MOTE_TRY(TensorType type,
           make_type(op, op.in(0).dtype,
                     {op.in(0).shape[0], window[1].out, window[2].out, channels.groups * channels.group_out_c}));
  if (op.has_in(3)) {
    MOTE_TRY_STATUS(expect_same_dtype(op, 3, "residual"));
    const auto extents = type.shape.extents();
    MOTE_TRY_STATUS(expect_shape(op, 3, "residual", {extents.begin(), extents.end()}));
  }
  return Types{std::move(type)};
}

Convolution convolution_of(const OpView& op) {
  const Window window = *window_of(op);
  const Channels channels = *channels_of(op);
  const std::int64_t out_c = channels.groups * channels.group_out_c;
  return {.batch = op.in(0).shape[0],
          .groups = channels.groups,
          .group_in_c = channels.group_in_c,
          .group_out_c = channels.group_out_c,
          .window = window,
          .input = channels_last(op.in(0).shape[3], input_positions(window)),
          .output = channels_last(out_c, output_positions(window)),
          .weights = {.out_channel = 1, .in_channel = out_c, .tap = channels.group_in_c * out_c}};
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

// A 1x1 convolution without pads sees all pixels as one row.
std::int64_t row_width(const Convolution& conv) {
  const WindowAxis& row = conv.window[2];
  const bool pointwise = tap_count(conv.window) == 1 && row.stride == 1 && conv.window[1].stride == 1 &&
                         row.in == row.out && conv.window[1].in == conv.window[1].out && row.pad_begin == 0 &&
                         conv.window[1].pad_begin == 0;
  return pointwise ? conv.batch * output_positions(conv.window) : row.out;
}

Tile tile_of(const OpView& op, const Convolution& conv, const Target& target) {
  const std::int64_t width = row_width(conv);
  if (!is_depthwise(op)) return product_tile(target, width, conv.group_out_c, conv.groups > 1 ? conv.group_out_c : 0);
  // With a multiplier a tile's channels share one input channel; without, neighbours read neighbours.
  const std::int64_t multiplier = conv.group_out_c;
  return multiplier > 1 ? product_tile(target, width, multiplier, multiplier)
                        : depthwise_tile(target, width, conv.groups);
}

Result<KernelCall> lower(const OpView& op, const Target& target) {
  const Convolution conv = convolution_of(op);
  const WindowAxis& rows = conv.window[1];
  const WindowAxis& columns = conv.window[2];
  const Tile tile = tile_of(op, conv, target);
  const auto operand = [&](std::size_t i) { return op.has_in(i) ? op.node.inputs[i] : ValueId{}; };
  KernelCall call{.header = is_depthwise(op) ? "depthwise_conv2d_f32" : "conv2d_f32",
                  .kernel = is_depthwise(op) ? "depthwise_conv2d_f32" : "conv2d_f32",
                  .operands = {operand(0), operand(1), operand(2), operand(3), op.node.outputs[0]},
                  .traversal = Traversal::window,
                  .macs = conv.macs()};
  const auto add = [&](const char* name, std::int64_t value) { call.fields.emplace_back(name, field(value)); };
  add("batch", conv.batch);
  add("in_h", rows.in);
  add("in_w", columns.in);
  add("in_c", op.in(0).shape[3]);
  add("out_h", rows.out);
  add("out_w", columns.out);
  add("out_c", conv.groups * conv.group_out_c);
  add("kernel_h", rows.kernel);
  add("kernel_w", columns.kernel);
  add("stride_h", rows.stride);
  add("stride_w", columns.stride);
  add("pad_top", rows.pad_begin);
  add("pad_left", columns.pad_begin);
  add("dilation_h", rows.dilation);
  add("dilation_w", columns.dilation);
  if (is_depthwise(op))
    add("multiplier", conv.group_out_c);
  else
    add("groups", conv.groups);
  // Plain weights: neighbouring output channels are neighbours in memory.
  add("weight_step", conv.groups * conv.group_out_c);
  add("weight_block", tile.channels);
  add("tile_w", tile.width);
  add("tile_c", tile.channels);
  call.fields.emplace_back("has_residual", op.has_in(3));
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
  const std::vector<std::int64_t> kernel{rng.integer(1, 3), rng.integer(1, 3)};
  const std::int64_t groups = rng.integer(1, 3);
  const std::int64_t group_in_c = depthwise ? 1 : rng.integer(1, 3);
  const std::int64_t out_c = groups * rng.integer(1, 5);
  const auto spatial = sample_window(rng, sample.attrs, kernel, true, false);
  if (!depthwise) sample.attrs["group"] = groups;
  sample_bounds(rng, sample.attrs);
  sample.inputs = {{.type = {.dtype = DType::f32,
                             .shape = *Shape::make({rng.integer(1, 2), spatial[0], spatial[1], groups * group_in_c})}},
                   constant_input(rng, depthwise ? std::vector{kernel[0], kernel[1], out_c}
                                                 : std::vector{kernel[0], kernel[1], group_in_c, out_c}),
                   constant_input(rng, {out_c})};
  sample.inputs[2].present = !rng.chance(3);
  return sample;
}

Sample sample_conv2d(Rng& rng) { return sample_of(rng, false); }
Sample sample_depthwise(Rng& rng) { return sample_of(rng, true); }

constexpr OpDef family[] = {
    {.name = "Conv2d",
     .summary = "2-D convolution, channels last, constant weights, fused residual and clamp",
     .arity = {.min_in = 2, .max_in = 4},
     .attrs = conv2d_attrs,
     .infer = infer,
     .eval = eval,
     .macs = macs,
     .lower = lower,
     .sample = sample_conv2d},
    {.name = "DepthwiseConv2d",
     .summary = "Conv2d in which every output channel reads one input channel",
     .arity = {.min_in = 2, .max_in = 4},
     .attrs = depthwise_attrs,
     .infer = infer,
     .eval = eval,
     .macs = macs,
     .lower = lower,
     .sample = sample_depthwise},
};

}  // namespace

std::span<const OpDef> conv2d_ops();
std::span<const OpDef> conv2d_ops() { return family; }

}  // namespace mote::ops
