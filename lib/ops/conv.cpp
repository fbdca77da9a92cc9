// Conv (ONNX 1..11) over 1 to 3 spatial axes, channels first: x [N,C,spatial…], W [M,C/group,kernel…], B [M] ->
// [N,M,spatial…]. The usual forms become Conv2d or DepthwiseConv2d; the rest, double precision included, keeps conv_nd.
#include "lib/ops/support/convolution.hpp"
#include "lib/ops/support/expect.hpp"
#include "lib/ops/support/types.hpp"
#include "lib/support/text.hpp"

namespace mote::ops {
namespace {

constexpr AttrSpec conv_attrs[] = {
    {.name = "auto_pad", .kind = AttrKind::text, .fallback = std::string_view("NOTSET")},
    {.name = "dilations", .kind = AttrKind::integers, .lowest = 1, .highest = window_limit},
    {.name = "group", .fallback = std::int64_t{1}, .lowest = 1, .highest = window_limit},
    {.name = "kernel_shape", .kind = AttrKind::integers, .lowest = 1, .highest = window_limit},
    {.name = "pads", .kind = AttrKind::integers, .lowest = 0, .highest = window_limit},
    {.name = "strides", .kind = AttrKind::integers, .lowest = 1, .highest = window_limit}};

Result<Window> window_of(const OpView& op) {
  return resolve_window(op, op.in(0).shape.extents().subspan(2), op.in(1).shape.extents().subspan(2));
}

Status check_kernel(const OpView& op) {
  const auto taken = op.in(1).shape.extents().subspan(2);
  for (const std::int64_t extent : taken)
    if (extent < 1)
      return at(op, Code::shape_mismatch, "input 'W' is " + op.in(1).shape.text() + ", expected kernel extents >= 1",
                {"check the exported weights"});
  if (!op.has("kernel_shape") || std::ranges::equal(op.integers("kernel_shape"), taken)) return Ok{};
  return at(op, Code::attribute_range,
            "kernel_shape is " + join(op.integers("kernel_shape"), ",") + ", expected " + join(taken, ",") +
                " as in the weights " + op.in(1).shape.text(),
            {"leave kernel_shape out"});
}

Status check_groups(const OpView& op) {
  const Shape& x = op.in(0).shape;
  const Shape& w = op.in(1).shape;
  const std::int64_t group = op.integer("group");
  if (w[1] * group != x[1])
    return at(op, Code::shape_mismatch,
              "the input has " + std::to_string(x[1]) + " channels, expected " + std::to_string(w[1] * group) + " (" +
                  std::to_string(w[1]) + " per group of the weights, group is " + std::to_string(group) + ")",
              {"check group, and that the input is channels first"});
  if (w[0] % group != 0)
    return at(op, Code::shape_mismatch,
              std::to_string(w[0]) + " output channels, expected a multiple of group, " + std::to_string(group),
              {"check group and the exported weights"});
  return Ok{};
}

Result<Types> infer(const OpView& op) {
  MOTE_TRY_STATUS(expect_float(op, 0, "X"));
  MOTE_TRY_STATUS(expect_same_dtype(op, 1, "W"));
  MOTE_TRY_STATUS(expect_rank(op, 0, "X", 3, 5));
  MOTE_TRY_STATUS(expect_rank(op, 1, "W", op.in(0).shape.rank(), op.in(0).shape.rank()));
  MOTE_TRY_STATUS(check_kernel(op));
  MOTE_TRY_STATUS(check_groups(op));
  if (op.has_in(2)) {
    MOTE_TRY_STATUS(expect_same_dtype(op, 2, "B"));
    MOTE_TRY_STATUS(expect_shape(op, 2, "B", {op.in(1).shape[0]}));
  }
  MOTE_TRY(const Window window, window_of(op));
  std::vector<std::int64_t> extents{op.in(0).shape[0], op.in(1).shape[0]};
  std::ranges::copy(output_extents(window, op.in(0).shape.rank() - 2), std::back_inserter(extents));
  MOTE_TRY(TensorType type, make_type(op, op.in(0).dtype, std::move(extents)));
  return Types{std::move(type)};
}

Convolution convolution_of(const OpView& op) {
  const Shape& x = op.in(0).shape;
  const Shape& w = op.in(1).shape;
  const std::int64_t group = op.integer("group");
  const Window window = *window_of(op);
  return {.batch = x[0],
          .groups = group,
          .group_in_c = w[1],
          .group_out_c = w[0] / group,
          .window = window,
          .input = channels_first(x[1], input_positions(window)),
          .output = channels_first(w[0], output_positions(window)),
          .weights = {.out_channel = w[1] * tap_count(window), .in_channel = tap_count(window), .tap = 1}};
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
}

std::int64_t macs(const OpView& op) { return convolution_of(op).macs(); }

Result<KernelCall> lower(const OpView& op, const Target&) {
  const Convolution conv = convolution_of(op);
  KernelCall call{.header = "conv_nd",
                  .kernel = "conv_nd",
                  .types = {type_name(op.in(0).dtype)},
                  .fields = {{"batch", field(conv.batch)},
                             {"groups", field(conv.groups)},
                             {"group_in_c", field(conv.group_in_c)},
                             {"group_out_c", field(conv.group_out_c)}},
                  .operands = {op.node.inputs[0], op.node.inputs[1], op.has_in(2) ? op.node.inputs[2] : ValueId{},
                               op.node.outputs[0]},
                  .macs = conv.macs()};
  append_window_fields(call, conv.window);
  return call;
}

Sample sample(Rng& rng) {
  Sample sample;
  std::vector<std::int64_t> kernel(static_cast<std::size_t>(rng.integer(1, 3)));
  for (std::int64_t& extent : kernel) extent = rng.integer(1, 3);
  const std::int64_t group = rng.integer(1, 3);
  std::vector<std::int64_t> x{rng.integer(1, 2), group * rng.integer(1, 3)};
  std::vector<std::int64_t> w{group * rng.integer(1, 3), x[1] / group};
  std::ranges::copy(sample_window(rng, sample.attrs, kernel, true, true), std::back_inserter(x));
  std::ranges::copy(kernel, std::back_inserter(w));
  sample.attrs["group"] = group;
  const DType dtype = rng.chance(4) ? DType::f64 : DType::f32;
  sample.inputs = {{.type = {.dtype = dtype, .shape = *Shape::make(x)}},
                   {.type = {.dtype = dtype, .shape = *Shape::make(w)}},
                   {.type = {.dtype = dtype, .shape = *Shape::make({w[0]})}, .present = !rng.chance(3)}};
  return sample;
}

constexpr OpDef family[] = {
    {.name = "Conv",
     .summary = "convolution of 1 to 3 spatial axes, channels first",
     .onnx = {.name = "Conv", .domain = "", .since = 1, .until = 11},
     .arity = {.min_in = 2, .max_in = 3},
     .attrs = conv_attrs,
     .infer = infer,
     .eval = eval,
     .macs = macs,
     .lower = lower,
     .sample = sample},
};

}  // namespace

std::span<const OpDef> conv_ops();
std::span<const OpDef> conv_ops() { return family; }

}  // namespace mote::ops
