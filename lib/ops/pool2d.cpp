// MaxPool2d and AveragePool2d: mote's core poolings, channels last: x [N,H,W,C] -> [N,OH,OW,C]. Attributes as in ONNX
// MaxPool and AveragePool, with `kernel` in place of kernel_shape. Value: codegen/kernels/pool2d_f32.hpp.
#include "lib/ops/support/expect.hpp"
#include "lib/ops/support/pool_kernel.hpp"
#include "lib/ops/support/tiling.hpp"

namespace mote::ops {
namespace {

constexpr AttrSpec ceil_mode_attr{.name = "ceil_mode", .fallback = std::int64_t{0}, .lowest = 0, .highest = 1};
constexpr AttrSpec dilations_attr{
    .name = "dilations", .kind = AttrKind::integers, .lowest = 1, .highest = window_limit};
constexpr AttrSpec kernel_attr{
    .name = "kernel", .kind = AttrKind::integers, .required = true, .lowest = 1, .highest = window_limit};
constexpr AttrSpec pads_attr{.name = "pads", .kind = AttrKind::integers, .lowest = 0, .highest = window_limit};
constexpr AttrSpec strides_attr{.name = "strides", .kind = AttrKind::integers, .lowest = 1, .highest = window_limit};
constexpr AttrSpec max_attrs[] = {ceil_mode_attr, dilations_attr, kernel_attr, pads_attr, strides_attr};
constexpr AttrSpec average_attrs[] = {
    ceil_mode_attr, {.name = "count_include_pad", .fallback = std::int64_t{0}, .lowest = 0, .highest = 1},
    dilations_attr, kernel_attr,
    pads_attr,      strides_attr};

bool is_average(const OpView& op) { return op.node.op->name == "AveragePool2d"; }

Result<Window> window_of(const OpView& op) {
  return resolve_window(op, op.in(0).shape.extents().subspan(1, 2), op.integers("kernel"));
}

Result<Types> infer(const OpView& op) {
  const DType dtype = op.in(0).dtype;
  if (is_average(op) ? dtype != DType::f32 : dtype == DType::boolean)
    return at(op, Code::unsupported_type,
              "input 'x' is " + type_text(op.in(0)) + ", expected " + (is_average(op) ? "f32" : "numbers"),
              {"ONNX AveragePool also computes in double precision"});
  MOTE_TRY_STATUS(expect_rank(op, 0, "x", 4, 4));
  MOTE_TRY(const Window window, window_of(op));
  const Shape& x = op.in(0).shape;
  MOTE_TRY(TensorType type, make_type(op, dtype, {x[0], window[1].out, window[2].out, x[3]}));
  return Types{std::move(type)};
}

Pooling pooling_of(const OpView& op) {
  const Window window = *window_of(op);
  const std::int64_t channels = op.in(0).shape[3];
  return {.batch = op.in(0).shape[0],
          .channels = channels,
          .window = window,
          .input = channels_last(channels, input_positions(window)),
          .output = channels_last(channels, output_positions(window)),
          .count_include_pad = is_average(op) && op.integer("count_include_pad") != 0};
}

void eval_max(const OpView& op, Operands in, Outputs out) {
  const Pooling pool = pooling_of(op);
  visit_dtype(in[0]->dtype, [&]<class T>() { max_pool(pool, in[0]->as<T>().data(), out[0].as<T>().data(), nullptr); });
}

void eval_average(const OpView& op, Operands in, Outputs out) {
  const Pooling pool = pooling_of(op);
  if (in[0]->dtype == DType::f64)
    average_pool(pool, in[0]->as<double>().data(), out[0].as<double>().data());
  else
    average_pool(pool, in[0]->as<float>().data(), out[0].as<float>().data());
}

Result<KernelCall> lower(const OpView& op, const Target& target) {
  const Pooling pool = pooling_of(op);
  if (op.in(0).dtype != DType::f32) return pool_nd_call(op, pool, "max_pool_nd");
  KernelCall call{.header = "pool2d_f32",
                  .kernel = is_average(op) ? "average_pool2d_f32" : "max_pool2d_f32",
                  .fields = {{"batch", field(pool.batch)},
                             {"channels", field(pool.channels)},
                             {"tile_c", lane_count(target, pool.channels)}},
                  .operands = {op.node.inputs[0], op.node.outputs[0]},
                  .traversal = Traversal::window};
  append_window_fields(call, pool.window);
  call.fields.insert(call.fields.end(), {{"count_include_pad", pool.count_include_pad},
                                         {"clamp_low", false},
                                         {"clamp_high", false},
                                         {"lowest", 0.0F},
                                         {"highest", 0.0F}});
  return call;
}

Sample sample_of(Rng& rng, DType dtype) {
  Sample sample;
  const std::vector<std::int64_t> kernel{rng.integer(1, 3), rng.integer(1, 3)};
  const auto spatial = sample_window(rng, sample.attrs, kernel, true, false);
  sample.attrs["kernel"] = kernel;
  sample.attrs["ceil_mode"] = rng.integer(0, 1);
  const auto shape = Shape::make({rng.integer(1, 2), spatial[0], spatial[1], rng.integer(1, 7)});
  sample.inputs = {{.type = {.dtype = dtype, .shape = *shape}}};
  return sample;
}

Sample sample_max(Rng& rng) { return sample_of(rng, rng.chance(4) ? DType::s8 : DType::f32); }
Sample sample_average(Rng& rng) {
  Sample sample = sample_of(rng, DType::f32);
  sample.attrs["count_include_pad"] = rng.integer(0, 1);
  return sample;
}

constexpr OpDef family[] = {
    {.name = "MaxPool2d",
     .summary = "maximum over 2-D windows, channels last",
     .attrs = max_attrs,
     .infer = infer,
     .eval = eval_max,
     .lower = lower,
     .sample = sample_max},
    {.name = "AveragePool2d",
     .summary = "mean over 2-D windows, channels last",
     .attrs = average_attrs,
     .infer = infer,
     .eval = eval_average,
     .lower = lower,
     .sample = sample_average},
};

}  // namespace

std::span<const OpDef> pool2d_ops();
std::span<const OpDef> pool2d_ops() { return family; }

}  // namespace mote::ops
