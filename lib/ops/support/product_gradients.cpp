#include "lib/ops/support/product_gradients.hpp"

#include "lib/ops/support/conv2d_geometry.hpp"
#include "lib/ops/support/epilogue.hpp"

namespace mote::ops {
namespace {

struct Sizes {
  std::int64_t pixels = 0, taps = 0, groups = 0, in_c = 0, out_c = 0;  // channels of one group
};

Sizes sizes_of(const Convolution& conv) {
  return {.pixels = conv.batch * output_positions(conv.window),
          .taps = tap_count(conv.window),
          .groups = conv.groups,
          .in_c = conv.group_in_c,
          .out_c = conv.group_out_c};
}

// Every output pixel sees the input pixel of its own place, so that x is its own unfolding.
bool is_pointwise(const Convolution& conv) {
  for (const std::size_t axis : {1U, 2U}) {
    const WindowAxis& window = conv.window[axis];
    if (window.kernel != 1 || window.stride != 1 || window.pad_begin != 0 || window.in != window.out) return false;
  }
  return true;
}

Attrs unfolding_of(const OpView& op) {
  Attrs attrs{{"kernel", std::vector{op.in(1).shape[0], op.in(1).shape[1]}}};
  for (const std::string_view attr : {"dilations", "pads", "strides"})
    if (op.has(attr)) attrs.emplace(attr, op.integers(attr));
  return attrs;
}

// x as [pixels, taps * channels], and back.
Term unfolded(const OpView& op, const Convolution& conv, Term x) {
  const Sizes size = sizes_of(conv);
  const Term taps = is_pointwise(conv) ? x : x.builder->apply("Unfold2d", {x}, unfolding_of(op));
  return reshaped(taps, {size.pixels, size.taps * size.groups * size.in_c});
}
Term folded(const OpView& op, const Convolution& conv, Term taps) {
  const Shape& x = op.in(0).shape;
  if (is_pointwise(conv)) return reshaped(taps, x);
  Attrs attrs = unfolding_of(op);
  attrs["extents"] = std::vector{x[1], x[2]};
  const Term windows = reshaped(taps, {x[0], conv.window[1].out, conv.window[2].out, tap_count(conv.window), x[3]});
  return taps.builder->apply("Fold2d", {windows}, attrs);
}

void give_whole_gradients(const OpView& op, GradientBuilder& builder, const Convolution& conv, Term dy) {
  const Sizes size = sizes_of(conv);
  const std::int64_t depth = size.taps * size.in_c;
  const Term rows = reshaped(dy, {size.pixels, size.out_c});
  if (builder.wants(1))
    builder.give(1,
                 reshaped(matrix_product(unfolded(op, conv, builder.operand(0)), true, rows, false), op.in(1).shape));
  if (builder.wants(0)) {
    const Term weights = reshaped(builder.operand(1), {depth, size.out_c});
    builder.give(0, folded(op, conv, matrix_product(rows, false, weights, true)));
  }
}

// The same, one matrix product per group.
void give_grouped_gradients(const OpView& op, GradientBuilder& builder, const Convolution& conv, Term dy) {
  const auto [pixels, taps, groups, in_c, out_c] = sizes_of(conv);
  const Term rows = transposed(reshaped(dy, {pixels, groups, out_c}), {1, 0, 2});
  if (builder.wants(1)) {
    const Term x = reshaped(unfolded(op, conv, builder.operand(0)), {pixels, taps, groups, in_c});
    const Term columns = reshaped(transposed(x, {2, 1, 3, 0}), {groups, taps * in_c, pixels});
    const Term by_group = builder.apply("MatMul", {columns, rows});
    builder.give(1, reshaped(transposed(by_group, {1, 0, 2}), op.in(1).shape));
  }
  if (builder.wants(0)) {
    const Term weights = transposed(reshaped(builder.operand(1), {taps * in_c, groups, out_c}), {1, 2, 0});
    const Term by_group = reshaped(builder.apply("MatMul", {rows, weights}), {groups, pixels, taps, in_c});
    builder.give(0, folded(op, conv, transposed(by_group, {1, 2, 0, 3})));
  }
}

std::vector<std::int64_t> all_but_last(const Shape& shape) {
  std::vector<std::int64_t> axes;
  for (std::size_t axis = 0; axis + 1 < shape.rank(); ++axis) axes.push_back(static_cast<std::int64_t>(axis));
  return axes;
}

}  // namespace

Term give_epilogue_gradients(const OpView& op, GradientBuilder& builder) {
  Term dy = builder.gradient();
  if (const auto low = low_bound(op)) dy = choose(greater(builder.result(), *low), dy, 0.0F);
  if (const auto high = high_bound(op)) dy = choose(less(builder.result(), *high), dy, 0.0F);
  if (builder.wants(2)) builder.give(2, reshaped(summed(dy, all_but_last(op.out(0).shape)), op.in(2).shape));
  if (builder.wants(3)) builder.give(3, dy);
  return dy;
}

void gradient_of_conv2d(const OpView& op, GradientBuilder& builder) {
  const Convolution conv = convolution_of(op);
  const Term dy = give_epilogue_gradients(op, builder);
  if (conv.groups == 1) return give_whole_gradients(op, builder, conv, dy);
  give_grouped_gradients(op, builder, conv, dy);
}

// Every tap by itself: [pixels, taps, channels, multiplier].
void gradient_of_depthwise_conv2d(const OpView& op, GradientBuilder& builder) {
  const Convolution conv = convolution_of(op);
  const auto [pixels, taps, channels, unused, multiplier] = sizes_of(conv);
  const Term dy = reshaped(give_epilogue_gradients(op, builder), {pixels, 1, channels, multiplier});
  if (builder.wants(1)) {
    const Term x = reshaped(unfolded(op, conv, builder.operand(0)), {pixels, taps, channels, 1});
    builder.give(1, reshaped(summed(x * dy, {0}), op.in(1).shape));
  }
  if (builder.wants(0)) {
    const Term weights = reshaped(builder.operand(1), {1, taps, channels, multiplier});
    const Term products = dy * weights;
    builder.give(0, folded(op, conv, multiplier == 1 ? products : summed(products, {3})));
  }
}

void gradient_of_dense(const OpView& op, GradientBuilder& builder) {
  const Term dy = give_epilogue_gradients(op, builder);
  if (builder.wants(0)) builder.give(0, matrix_product(dy, false, builder.operand(1), true));
  if (builder.wants(1)) builder.give(1, matrix_product(builder.operand(0), true, dy, false));
}

}  // namespace mote::ops
