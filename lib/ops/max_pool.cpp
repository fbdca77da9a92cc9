// MaxPool (ONNX 1..12) over 1 to 3 spatial axes, channels first: x [N,C,spatial…] -> y, and on demand Indices (s64):
// the place of each maximum in the flattened input; storage_order 1 counts the spatial axes column-major.
#include "lib/ops/support/expect.hpp"
#include "lib/ops/support/pool_kernel.hpp"

namespace mote::ops {
namespace {

constexpr AttrSpec max_pool_attrs[] = {
    {.name = "auto_pad", .kind = AttrKind::text, .fallback = std::string_view("NOTSET")},
    {.name = "ceil_mode", .fallback = std::int64_t{0}, .lowest = 0, .highest = 1},
    {.name = "dilations", .kind = AttrKind::integers, .lowest = 1, .highest = window_limit},
    {.name = "kernel_shape", .kind = AttrKind::integers, .required = true, .lowest = 1, .highest = window_limit},
    {.name = "pads", .kind = AttrKind::integers, .lowest = 0, .highest = window_limit},
    {.name = "storage_order", .fallback = std::int64_t{0}, .lowest = 0, .highest = 1},
    {.name = "strides", .kind = AttrKind::integers, .lowest = 1, .highest = window_limit}};

Result<Types> infer(const OpView& op) {
  MOTE_TRY_STATUS(expect_numeric(op, 0, "X"));
  MOTE_TRY_STATUS(expect_rank(op, 0, "X", 3, 5));
  MOTE_TRY(TensorType type, channels_first_pool_type(op));
  Types types{type};
  if (op.node.outputs.size() > 1) {
    type.dtype = DType::s64;
    types.push_back(std::move(type));
  }
  return types;
}

Pooling pooling_of(const OpView& op) {
  Pooling pool = channels_first_pooling(op);
  const Window& window = pool.window;
  const bool column_major = op.integer("storage_order") != 0;
  // Column-major runs through the axes the other way; trivial leading axes have extent 1 and drop out.
  pool.index_steps = column_major ? std::array<std::int64_t, 3>{1, window[0].in, window[0].in * window[1].in}
                                  : std::array<std::int64_t, 3>{window[1].in * window[2].in, window[2].in, 1};
  return pool;
}

void eval(const OpView& op, Operands in, Outputs out) {
  const Pooling pool = pooling_of(op);
  std::int64_t* indices = op.has_out(1) ? out[1].as<std::int64_t>().data() : nullptr;
  visit_dtype(in[0]->dtype, [&]<class T>() { max_pool(pool, in[0]->as<T>().data(), out[0].as<T>().data(), indices); });
}

Result<KernelCall> lower(const OpView& op, const Target&) {
  const Pooling pool = pooling_of(op);
  KernelCall call = pool_nd_call(op, pool, "max_pool_nd");
  if (!op.has_out(1)) return call;
  call.kernel = "max_pool_nd_indices";
  call.fields.emplace_back("index_step_d", field(pool.index_steps[0]));
  call.fields.emplace_back("index_step_h", field(pool.index_steps[1]));
  call.fields.emplace_back("index_step_w", field(pool.index_steps[2]));
  call.operands.push_back(op.node.outputs[1]);
  return call;
}

Sample sample(Rng& rng) {
  constexpr std::array<DType, 5> dtypes{DType::f32, DType::f64, DType::s8, DType::u8, DType::s16};
  Sample sample = sample_channels_first_pool(rng, true, dtypes[static_cast<std::size_t>(rng.integer(0, 4))]);
  sample.attrs["storage_order"] = rng.integer(0, 1);
  sample.outputs = rng.chance(2) ? 2 : 1;
  return sample;
}

constexpr OpDef family[] = {
    {.name = "MaxPool",
     .summary = "maximum over windows of 1 to 3 spatial axes, channels first",
     .onnx = {.name = "MaxPool", .domain = "", .since = 1, .until = 12},
     .arity = {.min_in = 1, .max_in = 1, .min_out = 1, .max_out = 2},
     .attrs = max_pool_attrs,
     .infer = infer,
     .eval = eval,
     .lower = lower,
     .sample = sample},
};

}  // namespace

std::span<const OpDef> max_pool_ops();
std::span<const OpDef> max_pool_ops() { return family; }

}  // namespace mote::ops
