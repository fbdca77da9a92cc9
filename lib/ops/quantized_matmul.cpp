// QuantizedMatMul: the matrix product of MatMul for two quantized activations, s8 or s16 each. Value:
// codegen/kernels/quantized_matmul.hpp; that it needs no more than 32 bits before the last multiplication is proven
// from the element types, and from the elements of a constant operand.
#include "lib/ops/support/batched_product.hpp"
#include "lib/ops/support/bounds.hpp"
#include "lib/ops/support/operand_interval.hpp"
#include "lib/ops/support/requantize.hpp"
#include "lib/ops/support/sampling.hpp"
#include "lib/ops/support/types.hpp"

namespace mote::ops {
namespace {

constexpr AttrSpec matmul_attrs[] = {accumulator_shift_attr,        highest_attr,         lowest_attr,
                                     multiplier_attr("multiplier"), int32_attr("offset"), output_bits_attr,
                                     int32_attr("zero_a"),          int32_attr("zero_b")};

Status prove_sum(const OpView& op, std::int64_t depth) {
  const Interval left = operand_interval(op, 0) + point(-op.integer("zero_a"));
  const Interval right = operand_interval(op, 1) + point(-op.integer("zero_b"));
  MOTE_TRY_STATUS(expect_int32(op, "a - zero_a", left));
  MOTE_TRY_STATUS(expect_int32(op, "b - zero_b", right));
  MOTE_TRY_STATUS(expect_int32(op, "one product", left * right));
  return expect_accumulator(op, "the sum of " + std::to_string(depth) + " products", left * right * point(depth),
                            op.integer("offset"));
}

Result<Types> infer(const OpView& op) {
  MOTE_TRY_STATUS(expect_activation(op, 0, "a"));
  MOTE_TRY_STATUS(expect_activation(op, 1, "b"));
  MOTE_TRY(const OutputLimits limits, output_limits(op));
  MOTE_TRY(TensorType type, batched_product_type(op, limits.dtype));
  MOTE_TRY_STATUS(prove_sum(op, batched_product_of(op)->product.depth));
  return Types{std::move(type)};
}

IntegerBounds bounds(const OpView& op, Intervals inputs) {
  const Interval product =
      (inputs[0] + point(-op.integer("zero_a"))) * (inputs[1] + point(-op.integer("zero_b")));
  const Interval complete = product * point(batched_product_of(op)->product.depth);
  const RequantizedSum sum{.reached = hull(complete, point(0)),
                           .complete = complete,
                           .offset = op.integer("offset"),
                           .multiplier = op.integer("multiplier"),
                           .rounding = nearest_rounding(op, complete, op.integer("multiplier"))};
  return bounds_of_requantized(op, {&sum, 1});
}

std::vector<std::int64_t> without_zero_point(const Tensor& tensor, std::int64_t zero) {
  std::vector<std::int64_t> values = tensor.to_integers();
  for (std::int64_t& value : values) value -= zero;
  return values;
}

void eval(const OpView& op, Operands in, Outputs out) {
  const BatchedProduct batched = *batched_product_of(op);
  const Requantization requantized = requantization_of(op);
  const std::vector<std::int64_t> left = without_zero_point(*in[0], op.integer("zero_a"));
  const std::vector<std::int64_t> right = without_zero_point(*in[1], op.integer("zero_b"));
  std::vector<std::int64_t> y(static_cast<std::size_t>(out[0].shape.elements()));
  std::int64_t* next = y.data();
  for_each_matrix(batched, [&](std::int64_t from_left, std::int64_t from_right) {
    add_matrix_product(batched.product, left.data() + from_left, right.data() + from_right, next);
    next += batched.product.rows * batched.product.columns;
  });
  for (std::int64_t& value : y) value = requantized(value, op.integer("multiplier"));
  store_integers(y, out[0]);
}

std::int64_t macs(const OpView& op) { return op.out(0).shape.elements() * batched_product_of(op)->product.depth; }

Result<KernelCall> lower(const OpView& op, const Target&) {
  KernelCall call{.header = "quantized_matmul",
                  .kernel = "quantized_matmul",
                  .operands = {op.node.inputs[0], op.node.inputs[1], op.node.outputs[0]},
                  .macs = macs(op)};
  append_batched_fields(call, *batched_product_of(op));
  append_requantize_fields(op, call);
  for (const char* name : {"zero_a", "zero_b", "offset", "multiplier"})
    call.fields.emplace_back(name, field(op.integer(name)));
  return call;
}

// Zero points of s16 are 0, as those of symmetric quantization are: the sum must fit.
Sample sample(Rng& rng) {
  const auto [a, b] = sample_product_shapes(rng);
  const bool wide = rng.chance(4);
  const DType left = wide ? DType::s16 : DType::s8;
  const std::int64_t zero_a = wide ? 0 : rng.integer(-128, 127), zero_b = rng.integer(-128, 127);
  Sample sample{.attrs = {{"zero_a", zero_a}, {"zero_b", zero_b}},
                .inputs = {sample_activation(left, extents_of(a)),
                           rng.chance(4) ? sample_constant(rng, DType::s8, extents_of(b), interval_of(DType::s8))
                                         : sample_activation(DType::s8, extents_of(b))}};
  const Interval sums =
      (interval_of(left) + point(-zero_a)) * (interval_of(DType::s8) + point(-zero_b)) * point(a[a.rank() - 1]);
  const std::int64_t output_bits = sample_output_limits(rng, sample.attrs);
  const std::int64_t shift = rng.integer(0, greatest_shift(sums) - 1);
  sample.attrs["accumulator_shift"] = shift;
  sample.attrs["multiplier"] = sample_multiplier(rng, sums, shift, output_bits);
  sample.attrs["offset"] = rng.integer(-(std::int64_t{1} << 29), std::int64_t{1} << 29);
  return sample;
}

constexpr OpDef family[] = {
    {.name = "QuantizedMatMul",
     .summary = "matrix product of two quantized tensors with broadcast leading axes",
     .arity = {.min_in = 2, .max_in = 2},
     .attrs = matmul_attrs,
     .infer = infer,
     .eval = eval,
     .bounds = bounds,
     .macs = macs,
     .lower = lower,
     .sample = sample},
};

}  // namespace

std::span<const OpDef> quantized_matmul_ops();
std::span<const OpDef> quantized_matmul_ops() { return family; }

}  // namespace mote::ops
