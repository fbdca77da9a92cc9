// Unfold2d and Fold2d: mote's own, what gradients of windowed operators are written with; neither has a kernel.
//   Unfold2d  x [N,H,W,C] -> [N,OH,OW,KH*KW,C]: under every window its taps, in order kh, kw; `outside` in the padding
//   Fold2d    x [N,OH,OW,KH*KW,C] -> [N,H,W,C] of the given extents H, W: every tap added to the pixel it was taken
//   from,
//             those of the padding dropped; the transpose (adjoint) of Unfold2d
// Attributes of the window as in MaxPool2d (lib/ops/pool2d.cpp). The literature calls the pair im2col and col2im.
#include <algorithm>
#include <limits>

#include "lib/ops/gradient.hpp"
#include "lib/ops/support/expect.hpp"
#include "lib/ops/support/pool2d_form.hpp"
#include "lib/ops/support/sampling.hpp"
#include "lib/ops/support/types.hpp"

namespace mote::ops {
namespace {

constexpr AttrSpec unfold_attrs[] = {pool_ceil_mode_attr, pool_dilations_attr,
                                     pool_kernel_attr,    {.name = "outside", .kind = AttrKind::real, .fallback = 0.0F},
                                     pool_pads_attr,      pool_strides_attr};
constexpr AttrSpec fold_attrs[] = {
    pool_ceil_mode_attr,
    pool_dilations_attr,
    {.name = "extents", .kind = AttrKind::integers, .required = true, .lowest = 0, .highest = window_limit},
    pool_kernel_attr,
    pool_pads_attr,
    pool_strides_attr};

bool is_fold(const OpView& op) { return op.node.op->name == "Fold2d"; }

Result<Window> window_of(const OpView& op) {
  const auto image =
      is_fold(op) ? std::span<const std::int64_t>(op.integers("extents")) : op.in(0).shape.extents().subspan(1, 2);
  if (image.size() != 2)
    return at(op, Code::attribute_range, "extents has " + std::to_string(image.size()) + " entries, expected 2");
  return resolve_window(op, image, op.integers("kernel"));
}

Result<Types> infer_unfold(const OpView& op) {
  MOTE_TRY_STATUS(expect_float(op, 0, "x"));
  MOTE_TRY_STATUS(expect_rank(op, 0, "x", 4, 4));
  MOTE_TRY(const Window window, window_of(op));
  const Shape& x = op.in(0).shape;
  MOTE_TRY(TensorType type,
           make_type(op, op.in(0).dtype, {x[0], window[1].out, window[2].out, tap_count(window), x[3]}));
  return Types{std::move(type)};
}

Result<Types> infer_fold(const OpView& op) {
  MOTE_TRY_STATUS(expect_float(op, 0, "x"));
  MOTE_TRY_STATUS(expect_rank(op, 0, "x", 5, 5));
  MOTE_TRY(const Window window, window_of(op));
  const Shape& x = op.in(0).shape;
  MOTE_TRY_STATUS(expect_shape(op, 0, "x", {x[0], window[1].out, window[2].out, tap_count(window), x[4]}));
  MOTE_TRY(TensorType type, make_type(op, op.in(0).dtype, {x[0], window[1].in, window[2].in, x[4]}));
  return Types{std::move(type)};
}

// Calls visit(offset of a tap in the unfolded tensor, offset of its pixel in the image) for every tap that is inside.
template <class Visit>
void for_each_channel_row(const Window& window, std::int64_t batch, std::int64_t channels, Visit visit) {
  for (std::int64_t n = 0; n < batch; ++n)
    for_each_window(window, [&](const auto& origin, const auto& taps, std::int64_t position) {
      const std::int64_t first = (n * output_positions(window) + position) * tap_count(window);
      for_each_tap(window, origin, taps, [&](std::int64_t tap, std::int64_t pixel) {
        visit((first + tap) * channels, (n * input_positions(window) + pixel) * channels);
      });
    });
}

template <class T>
void unfold(const OpView& op, const Tensor& x, Tensor& y) {
  const std::int64_t channels = x.shape[3];
  const T* from = x.as<T>().data();
  T* to = y.as<T>().data();
  std::ranges::fill(y.as<T>(), static_cast<T>(op.real("outside")));
  for_each_channel_row(*window_of(op), x.shape[0], channels,
                       [&](std::int64_t tap, std::int64_t pixel) { std::copy_n(from + pixel, channels, to + tap); });
}

template <class T>
void fold(const OpView& op, const Tensor& x, Tensor& y) {
  const std::int64_t channels = x.shape[4];
  const T* from = x.as<T>().data();
  T* to = y.as<T>().data();
  for_each_channel_row(*window_of(op), x.shape[0], channels, [&](std::int64_t tap, std::int64_t pixel) {
    for (std::int64_t c = 0; c < channels; ++c) to[pixel + c] += from[tap + c];
  });
}

void eval(const OpView& op, Operands in, Outputs out) {
  const bool wide = in[0]->dtype == DType::f64;
  if (is_fold(op))
    wide ? fold<double>(op, *in[0], out[0]) : fold<float>(op, *in[0], out[0]);
  else
    wide ? unfold<double>(op, *in[0], out[0]) : unfold<float>(op, *in[0], out[0]);
}

Attrs window_attributes(const OpView& op) {
  Attrs attrs = op.node.attrs;
  attrs.erase("outside");
  attrs.erase("extents");
  return attrs;
}

void gradient_of_unfold(const OpView& op, GradientBuilder& builder) {
  Attrs attrs = window_attributes(op);
  attrs["extents"] = std::vector{op.in(0).shape[1], op.in(0).shape[2]};
  builder.give(0, builder.apply("Fold2d", {builder.gradient()}, std::move(attrs)));
}

void gradient_of_fold(const OpView& op, GradientBuilder& builder) {
  builder.give(0, builder.apply("Unfold2d", {builder.gradient()}, window_attributes(op)));
}

Sample sample_unfold(Rng& rng) {
  Sample sample = sample_pool2d(rng, rng.chance(4) ? DType::f64 : DType::f32);
  if (rng.chance(3)) sample.attrs["outside"] = rng.real(-2.0F, 2.0F);
  return sample;
}

// The taps of windows over a random image.
Sample sample_fold(Rng& rng) {
  Sample sample = sample_pool2d(rng, DType::f32);
  const Shape image = sample.inputs[0].type.shape;
  sample.attrs["extents"] = std::vector{image[1], image[2]};
  const auto list = [&](const char* name) { return std::get<std::vector<std::int64_t>>(sample.attrs.at(name)); };
  sample.attrs["ceil_mode"] = std::int64_t{0};
  const auto outputs = [&](std::size_t axis) {
    const std::int64_t reach = (list("kernel")[axis] - 1) * list("dilations")[axis] + 1;
    return (image[axis + 1] + list("pads")[axis] + list("pads")[axis + 2] - reach) / list("strides")[axis] + 1;
  };
  sample.inputs[0].type.shape =
      shape_of({image[0], outputs(0), outputs(1), list("kernel")[0] * list("kernel")[1], image[3]});
  return sample;
}

constexpr OpDef family[] = {
    {.name = "Unfold2d",
     .summary = "the taps of 2-D windows side by side, channels last (im2col)",
     .attrs = unfold_attrs,
     .infer = infer_unfold,
     .eval = eval,
     .sample = sample_unfold,
     .gradient = gradient_of_unfold},
    {.name = "Fold2d",
     .summary = "taps of 2-D windows added to the pixels they lie on (col2im)",
     .attrs = fold_attrs,
     .infer = infer_fold,
     .eval = eval,
     .sample = sample_fold,
     .gradient = gradient_of_fold},
};

}  // namespace

std::span<const OpDef> unfold2d_ops();
std::span<const OpDef> unfold2d_ops() { return family; }

}  // namespace mote::ops
