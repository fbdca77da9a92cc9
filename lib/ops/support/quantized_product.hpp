#pragma once
#include "lib/ops/support/bounds.hpp"
#include "lib/ops/support/requantize.hpp"
#include "lib/ops/support/sparse_weights.hpp"

namespace mote::ops {

// What the integer products with constant weights share. Operands: x s8|s16, w s8 const (output channels last), bias
// s32 const [OC], multiplier s32 const [OC], residual s8|s16 of the output's shape and a table behind the clamp
// (result_table.hpp), which may be left out, as may w's other forms `packed` (half_bytes.hpp) and
// `stream` (sparse_weights.hpp).
//   acc = bias[c] + sum(x * w), proven to fit int32 with the actual weights, also after accumulator_shift
//   y   = clamp(((acc << accumulator_shift) * multiplier[c] [+ (residual << 8) * residual_multiplier]) >> 32)
inline constexpr AttrSpec residual_multiplier_attr = int32_attr("residual_multiplier");

// x and w: element types.
[[nodiscard]] Status expect_product_operands(const OpView& op);
// The other operands, the proofs, the output's type. `activation`: what a factor x can be, padding included.
[[nodiscard]] Result<Types> quantized_product_types(const OpView& op, std::vector<std::int64_t> extents,
                                                    const Interval& activation);

// OpDef::bounds, for factors x out of `activation`, padding included.
[[nodiscard]] IntegerBounds bounds_of_products(const OpView& op, Intervals inputs, const Interval& activation);

// Turns sums (bias included, output channels last) into the output.
void requantize_products(const OpView& op, std::span<const std::int64_t> sums, Operands in, Tensor& out);

// The kernel call but for the fields, then the fields behind those of the geometry.
[[nodiscard]] KernelCall quantized_product_call(const OpView& op, std::string kernel, std::int64_t macs);
void append_quantized_fields(const OpView& op, KernelCall& call);

// What w may be besides plain: of four bits, in its packed form; mostly 0, in its stream.
struct WeightForms {
  bool half_bytes = false;
  std::optional<KernelRows> rows{};
};
// A whole sample: x and w of the given extents and the rest to match, up to the limits of the proofs.
void sample_quantized_product(Rng& rng, Sample& sample, DType x_dtype, std::vector<std::int64_t> x,
                              std::vector<std::int64_t> w, std::vector<std::int64_t> y, const Interval& activation,
                              const WeightForms& forms);
[[nodiscard]] DType sample_activation_dtype(Rng& rng);

}  // namespace mote::ops
