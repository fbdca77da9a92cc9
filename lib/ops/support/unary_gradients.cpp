#include "lib/ops/support/unary_gradients.hpp"

namespace mote::ops {
namespace {

constexpr float two_by_root_pi = 1.12837917F, root_half = 0.707106781F, by_root_two_pi = 0.398942280F;

Term square(Term x) { return x * x; }

}  // namespace

void gradient_of_abs(const OpView&, GradientBuilder& builder) {
  builder.give(0, builder.gradient() * applied("Sign", builder.operand(0)));
}

void gradient_of_neg(const OpView&, GradientBuilder& builder) { builder.give(0, -builder.gradient()); }

void gradient_of_reciprocal(const OpView&, GradientBuilder& builder) {
  builder.give(0, -(builder.gradient() * square(builder.result())));
}

void gradient_of_sqrt(const OpView&, GradientBuilder& builder) {
  builder.give(0, 0.5F * (builder.gradient() / builder.result()));
}

void gradient_of_exp(const OpView&, GradientBuilder& builder) {
  builder.give(0, builder.gradient() * builder.result());
}

void gradient_of_log(const OpView&, GradientBuilder& builder) {
  builder.give(0, builder.gradient() / builder.operand(0));
}

void gradient_of_erf(const OpView&, GradientBuilder& builder) {
  builder.give(0, two_by_root_pi * (builder.gradient() * applied("Exp", -square(builder.operand(0)))));
}

void gradient_of_sigmoid(const OpView&, GradientBuilder& builder) {
  const Term y = builder.result();
  builder.give(0, builder.gradient() * (y * (1.0F - y)));
}

void gradient_of_tanh(const OpView&, GradientBuilder& builder) {
  builder.give(0, builder.gradient() * (1.0F - square(builder.result())));
}

void gradient_of_leaky_relu(const OpView& op, GradientBuilder& builder) {
  const Term dy = builder.gradient();
  builder.give(0, choose(less(builder.operand(0), 0.0F), op.real("alpha") * dy, dy));
}

void gradient_of_thresholded_relu(const OpView& op, GradientBuilder& builder) {
  builder.give(0, choose(greater(builder.operand(0), op.real("alpha")), builder.gradient(), 0.0F));
}

void gradient_of_hard_sigmoid(const OpView& op, GradientBuilder& builder) {
  const Term y = builder.result(), slope = op.real("alpha") * builder.gradient();
  builder.give(0, choose(greater(y, 0.0F), choose(less(y, 1.0F), slope, 0.0F), 0.0F));
}

void gradient_of_hard_swish(const OpView& op, GradientBuilder& builder) {
  const Term x = builder.operand(0), dy = builder.gradient();
  const Term between = dy * (x / builder.scalar(3.0F, op.in(0).dtype) + 0.5F);
  builder.give(0, choose(less(x, -3.0F), 0.0F, choose(greater(x, 3.0F), dy, between)));
}

void gradient_of_elu(const OpView& op, GradientBuilder& builder) {
  const Term dy = builder.gradient();
  builder.give(0, choose(less(builder.operand(0), 0.0F), dy * (builder.result() + op.real("alpha")), dy));
}

void gradient_of_selu(const OpView& op, GradientBuilder& builder) {
  const Term dy = builder.gradient(), x = builder.operand(0);
  const Term below = op.real("alpha") * applied("Exp", x);
  builder.give(0, op.real("gamma") * choose(less(x, 0.0F), dy * below, dy));
}

void gradient_of_celu(const OpView& op, GradientBuilder& builder) {
  const Term dy = builder.gradient(), x = builder.operand(0);
  const Term scaled = x / builder.scalar(op.real("alpha"), op.in(0).dtype);
  builder.give(0, choose(less(x, 0.0F), dy * applied("Exp", scaled), dy));
}

void gradient_of_softplus(const OpView&, GradientBuilder& builder) {
  builder.give(0, builder.gradient() * applied("Sigmoid", builder.operand(0)));
}

void gradient_of_softsign(const OpView&, GradientBuilder& builder) {
  builder.give(0, builder.gradient() / square(applied("Abs", builder.operand(0)) + 1.0F));
}

void gradient_of_mish(const OpView&, GradientBuilder& builder) {
  const Term x = builder.operand(0), t = applied("Tanh", applied("Softplus", x));
  builder.give(0, builder.gradient() * (t + x * applied("Sigmoid", x) * (1.0F - square(t))));
}

void gradient_of_gelu(const OpView& op, GradientBuilder& builder) {
  const Term x = builder.operand(0);
  if (op.text("approximate") == "none") {
    const Term distribution = 0.5F * (1.0F + applied("Erf", root_half * x));
    const Term density = by_root_two_pi * applied("Exp", -0.5F * square(x));
    return builder.give(0, builder.gradient() * (distribution + x * density));
  }
  // x / 2 * (1 + tanh(u)) with u = sqrt(2 / pi) * (x + 0.044715 x^3).
  constexpr float root_two_by_pi = 2.0F * by_root_two_pi, cubic = 0.044715F;
  const Term t = applied("Tanh", root_two_by_pi * (x * (1.0F + cubic * square(x))));
  const Term slope = root_two_by_pi * (1.0F + 3.0F * cubic * square(x));
  builder.give(0, builder.gradient() * (0.5F * (1.0F + t + x * (1.0F - square(t)) * slope)));
}

void gradient_of_step(const OpView&, GradientBuilder& builder) { builder.give_zeros(0); }

}  // namespace mote::ops
