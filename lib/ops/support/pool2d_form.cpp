#include "lib/ops/support/pool2d_form.hpp"

#include "lib/ops/support/expect.hpp"
#include "lib/ops/support/types.hpp"

namespace mote::ops {
namespace {

Result<Window> window_of(const OpView& op) {
  return resolve_window(op, op.in(0).shape.extents().subspan(1, 2), op.integers("kernel"));
}

}  // namespace

Result<TensorType> pool2d_type(const OpView& op, DType dtype) {
  MOTE_TRY_STATUS(expect_rank(op, 0, "x", 4, 4));
  MOTE_TRY(const Window window, window_of(op));
  const Shape& x = op.in(0).shape;
  return make_type(op, dtype, {x[0], window[1].out, window[2].out, x[3]});
}

Pooling pool2d_pooling(const OpView& op) {
  const Window window = *window_of(op);
  const std::int64_t channels = op.in(0).shape[3];
  return {.batch = op.in(0).shape[0],
          .channels = channels,
          .window = window,
          .input = channels_last(channels, input_positions(window)),
          .output = channels_last(channels, output_positions(window)),
          .count_include_pad = op.has("count_include_pad") && op.integer("count_include_pad") != 0};
}

KernelCall pool2d_call(const OpView& op, const Pooling& pool, std::string header, std::string kernel,
                       std::int32_t channels_together) {
  KernelCall call{
      .header = std::move(header),
      .kernel = std::move(kernel),
      .fields = {{"batch", field(pool.batch)}, {"channels", field(pool.channels)}, {"tile_c", channels_together}},
      .operands = {op.node.inputs[0], op.node.outputs[0]},
      .traversal = Traversal::window};
  append_window_fields(call, pool.window);
  return call;
}

Sample sample_pool2d(Rng& rng, DType dtype) {
  Sample sample;
  const std::vector<std::int64_t> kernel{rng.integer(1, 3), rng.integer(1, 3)};
  const auto spatial = sample_window(rng, sample.attrs, kernel, true, false);
  sample.attrs["kernel"] = kernel;
  sample.attrs["ceil_mode"] = rng.integer(0, 1);
  const auto shape = Shape::make({rng.integer(1, 2), spatial[0], spatial[1], rng.integer(1, 7)});
  sample.inputs = {{.type = {.dtype = dtype, .shape = *shape}}};
  return sample;
}

}  // namespace mote::ops
