#include "lib/ops/support/reduce_gradients.hpp"

#include "lib/ops/support/axes.hpp"
#include "lib/ops/support/sampling.hpp"

namespace mote::ops {
namespace {

// Of the input, those that the result has lost or keeps with extent 1.
std::vector<std::int64_t> reduced_axes(const OpView& op) {
  const std::size_t rank = op.in(0).shape.rank();
  std::vector<std::int64_t> axes;
  if (op.has("axes") && !op.integers("axes").empty()) {
    for (const std::int64_t axis : op.integers("axes"))
      axes.push_back(static_cast<std::int64_t>(from_front(axis, rank)));
  } else if (op.integer("noop_with_empty_axes") == 0) {
    for (std::size_t axis = 0; axis < rank; ++axis) axes.push_back(static_cast<std::int64_t>(axis));
  }
  return axes;
}

// Something of the result's shape, with an extent of 1 for every reduced axis, so that it broadcasts to the input.
Term kept(const OpView& op, Term y) {
  std::vector<std::int64_t> extents = extents_of(op.in(0).shape);
  for (const std::int64_t axis : reduced_axes(op)) extents[static_cast<std::size_t>(axis)] = 1;
  return reshaped(y, std::move(extents));
}

// With noop_with_empty_axes and no axes the result is the operand itself, whatever the reduction.
bool give_copied(const OpView& op, GradientBuilder& builder) {
  const bool is_copy = (!op.has("axes") || op.integers("axes").empty()) && op.integer("noop_with_empty_axes") != 0;
  if (is_copy) builder.give(0, builder.gradient());
  return is_copy;
}

Term kept_gradient(const OpView& op, GradientBuilder& builder) { return kept(op, builder.gradient()); }
Term kept_result(const OpView& op, GradientBuilder& builder) { return kept(op, builder.result()); }

}  // namespace

void gradient_of_reduce_sum(const OpView& op, GradientBuilder& builder) {
  builder.give(0, expanded(kept_gradient(op, builder), op.in(0).shape));
}

void gradient_of_reduce_mean(const OpView& op, GradientBuilder& builder) {
  std::int64_t count = 1;
  for (const std::int64_t axis : reduced_axes(op)) count *= op.in(0).shape[static_cast<std::size_t>(axis)];
  const Term divisor = builder.scalar(static_cast<float>(count), op.in(0).dtype);
  builder.give(0, expanded(kept_gradient(op, builder) / divisor, op.in(0).shape));
}

void gradient_of_reduce_extreme(const OpView& op, GradientBuilder& builder) {
  const Term ones = builder.scalar(1.0F, op.in(0).dtype);
  const Term winners = choose(equal(builder.operand(0), kept_result(op, builder)), ones, 0.0F);
  builder.give(0, winners * (kept_gradient(op, builder) / summed(winners, reduced_axes(op))));
}

void gradient_of_reduce_l1(const OpView& op, GradientBuilder& builder) {
  if (give_copied(op, builder)) return;
  builder.give(0, kept_gradient(op, builder) * applied("Sign", builder.operand(0)));
}

void gradient_of_reduce_l2(const OpView& op, GradientBuilder& builder) {
  if (give_copied(op, builder)) return;
  builder.give(0, (kept_gradient(op, builder) / kept_result(op, builder)) * builder.operand(0));
}

void gradient_of_reduce_sum_square(const OpView& op, GradientBuilder& builder) {
  if (give_copied(op, builder)) return;
  builder.give(0, 2.0F * kept_gradient(op, builder) * builder.operand(0));
}

// d log(s) / dx = 1 / s, and s = exp(y).
void gradient_of_reduce_log_sum(const OpView& op, GradientBuilder& builder) {
  if (give_copied(op, builder)) return;
  const Term scaled = kept_gradient(op, builder) * applied("Exp", -kept_result(op, builder));
  builder.give(0, expanded(scaled, op.in(0).shape));
}

void gradient_of_reduce_log_sum_exp(const OpView& op, GradientBuilder& builder) {
  if (give_copied(op, builder)) return;
  builder.give(0, kept_gradient(op, builder) * applied("Exp", builder.operand(0) - kept_result(op, builder)));
}

}  // namespace mote::ops
