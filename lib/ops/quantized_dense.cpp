// QuantizedDense: mote's integer matrix product with constant weights: x [M,K], w [K,N], bias [N], multiplier [N],
// residual [M,N]?, table [256]?, packed [K,N/2]?, stream [bytes]? -> [M,N]. Types, arithmetic and proofs: support/quantized_product.hpp.
#include "lib/ops/support/dense_geometry.hpp"
#include "lib/ops/support/half_bytes.hpp"
#include "lib/ops/support/matrix_product.hpp"
#include "lib/ops/support/quantized_product.hpp"
#include "lib/ops/support/sparse_weights.hpp"

namespace mote::ops {
namespace {

constexpr AttrSpec dense_attrs[] = {accumulator_shift_attr,   highest_attr,         lowest_attr,       output_bits_attr,
                                    residual_multiplier_attr, stream_channels_attr, stream_inputs_attr};

Result<Types> infer(const OpView& op) {
  MOTE_TRY_STATUS(expect_product_operands(op));
  MOTE_TRY(std::vector<std::int64_t> extents, dense_extents(op));
  return quantized_product_types(op, std::move(extents), interval_of(op.in(0).dtype));
}

void eval(const OpView& op, Operands in, Outputs out) {
  const std::int64_t rows = op.in(0).shape[0], depth = op.in(0).shape[1], columns = op.in(1).shape[1];
  const std::vector<std::int64_t> x = in[0]->to_integers(), w = in[1]->to_integers(), bias = in[2]->to_integers();
  std::vector<std::int64_t> sums(static_cast<std::size_t>(op.out(0).shape.elements()));
  for (std::size_t i = 0; i < sums.size(); ++i) sums[i] = bias[i % bias.size()];
  add_matrix_product<std::int64_t>(
      {.rows = rows, .depth = depth, .columns = columns, .left = {depth, 1}, .right = {columns, 1}}, x.data(), w.data(),
      sums.data());
  requantize_products(op, sums, in, out[0]);
}

IntegerBounds bounds(const OpView& op, Intervals inputs) { return bounds_of_products(op, inputs, inputs[0]); }

std::int64_t macs(const OpView& op) { return op.in(0).shape.elements() * op.in(1).shape[1]; }

Result<KernelCall> lower(const OpView& op, const Target& target) {
  KernelCall call = quantized_product_call(op, "quantized_dense", macs(op));
  append_dense_fields(op, target, Arithmetic::integer, op.has_in(4), call);
  append_stream_field(op, call);
  append_quantized_fields(op, call);
  return call;
}

Sample sample(Rng& rng) {
  Sample sample;
  const std::int64_t rows = rng.integer(1, 6), depth = rng.integer(1, 20), columns = rng.integer(1, 20);
  const DType dtype = sample_activation_dtype(rng);
  sample_quantized_product(rng, sample, dtype, {rows, depth}, {depth, columns}, {rows, columns}, interval_of(dtype),
                           {.half_bytes = has_whole_runs(columns, 1, false),
                            .rows = KernelRows{.depth = depth, .channels = columns, .column_step = depth}});
  return sample;
}

constexpr OpDef family[] = {
    {.name = "QuantizedDense",
     .summary = "integer matrix product with constant weights, fused bias, residual and clamp",
     .arity = {.min_in = 4, .max_in = 8},
     .attrs = dense_attrs,
     .infer = infer,
     .eval = eval,
     .bounds = bounds,
     .macs = macs,
     .lower = lower,
     .sample = sample},
};

}  // namespace

std::span<const OpDef> quantized_dense_ops();
std::span<const OpDef> quantized_dense_ops() { return family; }

}  // namespace mote::ops
