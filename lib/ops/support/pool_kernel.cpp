#include "lib/ops/support/pool_kernel.hpp"

#include <algorithm>
#include <iterator>

#include "lib/ops/support/expect.hpp"

namespace mote::ops {
namespace {

Result<Window> window_of(const OpView& op) {
  return resolve_window(op, op.in(0).shape.extents().subspan(2), op.integers("kernel_shape"));
}

}  // namespace

Result<TensorType> channels_first_pool_type(const OpView& op) {
  const Shape& x = op.in(0).shape;
  MOTE_TRY(const Window window, window_of(op));
  std::vector<std::int64_t> extents{x[0], x[1]};
  std::ranges::copy(output_extents(window, x.rank() - 2), std::back_inserter(extents));
  return make_type(op, op.in(0).dtype, std::move(extents));
}

Pooling channels_first_pooling(const OpView& op) {
  const Shape& x = op.in(0).shape;
  const Window window = *window_of(op);
  return {.batch = x[0],
          .channels = x[1],
          .window = window,
          .input = channels_first(x[1], input_positions(window)),
          .output = channels_first(x[1], output_positions(window))};
}

KernelCall pool_nd_call(const OpView& op, const Pooling& pool, std::string kernel) {
  KernelCall call{.header = "pool_nd",
                  .kernel = std::move(kernel),
                  .types = {type_name(op.in(0).dtype)},
                  .fields = {{"batch", field(pool.batch)},
                             {"channels", field(pool.channels)},
                             {"in_batch_step", field(pool.input.batch)},
                             {"in_channel_step", field(pool.input.channel)},
                             {"in_pixel_step", field(pool.input.pixel)},
                             {"out_batch_step", field(pool.output.batch)},
                             {"out_channel_step", field(pool.output.channel)},
                             {"out_pixel_step", field(pool.output.pixel)}},
                  .operands = {op.node.inputs[0], op.node.outputs[0]}};
  append_window_fields(call, pool.window);
  return call;
}

Sample sample_channels_first_pool(Rng& rng, bool with_dilations, DType dtype) {
  Sample sample;
  std::vector<std::int64_t> kernel(static_cast<std::size_t>(rng.integer(1, 3)));
  for (std::int64_t& extent : kernel) extent = rng.integer(1, 3);
  std::vector<std::int64_t> x{rng.integer(1, 2), rng.integer(1, 3)};
  std::ranges::copy(sample_window(rng, sample.attrs, kernel, with_dilations, true), std::back_inserter(x));
  sample.attrs["kernel_shape"] = kernel;
  sample.attrs["ceil_mode"] = rng.integer(0, 1);
  sample.inputs = {{.type = {.dtype = dtype, .shape = *Shape::make(x)}}};
  return sample;
}

}  // namespace mote::ops
