#pragma once
#include "lib/ops/gradient.hpp"

namespace mote::ops {

// Derivatives of the functions of lib/ops/unary.cpp, times the gradient of the result. At a kink the side that the
// function itself takes there.
void gradient_of_abs(const OpView& op, GradientBuilder& builder);
void gradient_of_neg(const OpView& op, GradientBuilder& builder);
void gradient_of_reciprocal(const OpView& op, GradientBuilder& builder);
void gradient_of_sqrt(const OpView& op, GradientBuilder& builder);
void gradient_of_exp(const OpView& op, GradientBuilder& builder);
void gradient_of_log(const OpView& op, GradientBuilder& builder);
void gradient_of_erf(const OpView& op, GradientBuilder& builder);
void gradient_of_sigmoid(const OpView& op, GradientBuilder& builder);
void gradient_of_tanh(const OpView& op, GradientBuilder& builder);
void gradient_of_leaky_relu(const OpView& op, GradientBuilder& builder);
void gradient_of_thresholded_relu(const OpView& op, GradientBuilder& builder);
void gradient_of_hard_sigmoid(const OpView& op, GradientBuilder& builder);
void gradient_of_hard_swish(const OpView& op, GradientBuilder& builder);
void gradient_of_elu(const OpView& op, GradientBuilder& builder);
void gradient_of_selu(const OpView& op, GradientBuilder& builder);
void gradient_of_celu(const OpView& op, GradientBuilder& builder);
void gradient_of_softplus(const OpView& op, GradientBuilder& builder);
void gradient_of_softsign(const OpView& op, GradientBuilder& builder);
void gradient_of_mish(const OpView& op, GradientBuilder& builder);
void gradient_of_gelu(const OpView& op, GradientBuilder& builder);
// Steps: flat wherever they have a derivative.
void gradient_of_step(const OpView& op, GradientBuilder& builder);

}  // namespace mote::ops
