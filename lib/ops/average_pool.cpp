// AveragePool (ONNX 1..19) over 1 to 3 spatial axes, channels first: x [N,C,spatial…] -> y [N,C,spatial…].
#include "lib/ops/support/expect.hpp"
#include "lib/ops/support/pool_kernel.hpp"

namespace mote::ops {
namespace {

constexpr AttrSpec average_pool_attrs[] = {
    {.name = "auto_pad", .kind = AttrKind::text, .fallback = std::string_view("NOTSET")},
    {.name = "ceil_mode", .fallback = std::int64_t{0}, .lowest = 0, .highest = 1},
    {.name = "count_include_pad", .fallback = std::int64_t{0}, .lowest = 0, .highest = 1},
    {.name = "dilations", .kind = AttrKind::integers, .lowest = 1, .highest = window_limit},
    {.name = "kernel_shape", .kind = AttrKind::integers, .required = true, .lowest = 1, .highest = window_limit},
    {.name = "pads", .kind = AttrKind::integers, .lowest = 0, .highest = window_limit},
    {.name = "strides", .kind = AttrKind::integers, .lowest = 1, .highest = window_limit}};

Result<Types> infer(const OpView& op) {
  MOTE_TRY_STATUS(expect_float(op, 0, "X"));
  MOTE_TRY_STATUS(expect_rank(op, 0, "X", 3, 5));
  MOTE_TRY(TensorType type, channels_first_pool_type(op));
  return Types{std::move(type)};
}

Pooling pooling_of(const OpView& op) {
  Pooling pool = channels_first_pooling(op);
  pool.count_include_pad = op.integer("count_include_pad") != 0;
  return pool;
}

void eval(const OpView& op, Operands in, Outputs out) {
  const Pooling pool = pooling_of(op);
  if (in[0]->dtype == DType::f64)
    average_pool(pool, in[0]->as<double>().data(), out[0].as<double>().data());
  else
    average_pool(pool, in[0]->as<float>().data(), out[0].as<float>().data());
}

Result<KernelCall> lower(const OpView& op, const Target&) {
  const Pooling pool = pooling_of(op);
  KernelCall call = pool_nd_call(op, pool, "average_pool_nd");
  call.fields.emplace_back("count_include_pad", pool.count_include_pad);
  return call;
}

Sample sample(Rng& rng) {
  Sample sample = sample_channels_first_pool(rng, true, rng.chance(4) ? DType::f64 : DType::f32);
  sample.attrs["count_include_pad"] = rng.integer(0, 1);
  return sample;
}

constexpr OpDef family[] = {
    {.name = "AveragePool",
     .summary = "mean over windows of 1 to 3 spatial axes, channels first",
     .onnx = {.name = "AveragePool", .domain = "", .since = 1, .until = 19},
     .attrs = average_pool_attrs,
     .infer = infer,
     .eval = eval,
     .lower = lower,
     .sample = sample},
};

}  // namespace

std::span<const OpDef> average_pool_ops();
std::span<const OpDef> average_pool_ops() { return family; }

}  // namespace mote::ops
