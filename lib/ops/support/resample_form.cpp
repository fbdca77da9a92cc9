#include "lib/ops/support/resample_form.hpp"

#include <algorithm>

#include "lib/ops/support/expect.hpp"
#include "lib/ops/support/requantize.hpp"
#include "lib/ops/support/resize_axes.hpp"
#include "lib/ops/support/sampling.hpp"
#include "lib/ops/support/types.hpp"

namespace mote::ops {
namespace {

// A list of weights for every output, all of one length.
Result<std::int64_t> taps_of(const OpView& op, std::size_t weights, std::string_view role, DType dtype,
                             std::int64_t outputs) {
  MOTE_TRY_STATUS(expect_rank(op, weights, role, 2, 2));
  const std::int64_t taps = op.in(weights).shape[1];
  MOTE_TRY_STATUS(expect_constant_of(op, weights, role, dtype, {outputs, taps}));
  return taps;
}

}  // namespace

Result<ResampleForm> resample_form(const OpView& op, DType weights) {
  MOTE_TRY(const ImageAxes image, image_axes(op, 1, 3));
  MOTE_TRY(const std::int64_t taps_h, taps_of(op, 2, "row weights", weights, image.out_h));
  MOTE_TRY(const std::int64_t taps_w, taps_of(op, 4, "column weights", weights, image.out_w));
  MOTE_TRY_STATUS(expect_positions(op, 1, "rows", ResizeAxis::outside, image.in_h - taps_h));
  MOTE_TRY_STATUS(expect_positions(op, 3, "columns", ResizeAxis::outside, image.in_w - taps_w));
  return ResampleForm{.image = image, .taps_h = taps_h, .taps_w = taps_w};
}

std::int64_t resample_macs(const OpView& op) {
  const std::int64_t taps_h = op.in(2).shape[1], taps_w = op.in(4).shape[1];
  return op.out(0).shape.elements() * taps_h * (taps_w + 1);
}

KernelCall resample_call(const OpView& op, std::string name) {
  const ResampleForm form = *resample_form(op, op.in(2).dtype);
  KernelCall call{.header = name, .kernel = name, .operands = op.node.inputs, .macs = resample_macs(op)};
  call.operands.push_back(op.node.outputs[0]);
  append_image_fields(call, form.image);
  call.fields.insert(call.fields.end(), {{"taps_h", field(form.taps_h)}, {"taps_w", field(form.taps_w)}});
  return call;
}

bool is_interpolation(const OpView& op) {
  const auto none_negative = [&](std::size_t input) {
    return std::ranges::all_of(op.constant(input).to_reals(), [](double weight) { return weight >= 0.0; });
  };
  return none_negative(2) && none_negative(4);
}

Sample::Input random_windows(Rng& rng, std::int64_t count, std::int64_t extent, std::int64_t taps) {
  std::vector<std::int64_t> positions(static_cast<std::size_t>(count));
  for (std::int64_t& position : positions)
    position = rng.chance(8) ? ResizeAxis::outside : rng.integer(0, extent - taps);
  return integer_constant(DType::s32, shape_of({count}), positions);
}

}  // namespace mote::ops
