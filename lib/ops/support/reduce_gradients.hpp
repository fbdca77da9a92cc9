#pragma once
#include "lib/ops/gradient.hpp"

namespace mote::ops {

// Gradients of the reductions of lib/ops/reduce.cpp. A maximum that several elements share is theirs in equal parts.
void gradient_of_reduce_sum(const OpView& op, GradientBuilder& builder);
void gradient_of_reduce_mean(const OpView& op, GradientBuilder& builder);
void gradient_of_reduce_extreme(const OpView& op, GradientBuilder& builder);
void gradient_of_reduce_l1(const OpView& op, GradientBuilder& builder);
void gradient_of_reduce_l2(const OpView& op, GradientBuilder& builder);
void gradient_of_reduce_sum_square(const OpView& op, GradientBuilder& builder);
void gradient_of_reduce_log_sum(const OpView& op, GradientBuilder& builder);
void gradient_of_reduce_log_sum_exp(const OpView& op, GradientBuilder& builder);

}  // namespace mote::ops
