#pragma once
#include "lib/ops/gradient.hpp"

namespace mote::ops {

// Gradients of the core products. What they share: y = clamp(sum + bias + residual), operands x, w, bias?, residual?.
// Gives the gradients of bias and residual and returns that of the sum.
[[nodiscard]] Term give_epilogue_gradients(const OpView& op, GradientBuilder& builder);

// As matrix products of what Unfold2d makes of x: with one row per output pixel, sum = unfolded x * w.
void gradient_of_conv2d(const OpView& op, GradientBuilder& builder);
void gradient_of_depthwise_conv2d(const OpView& op, GradientBuilder& builder);
void gradient_of_dense(const OpView& op, GradientBuilder& builder);

}  // namespace mote::ops
