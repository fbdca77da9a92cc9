#pragma once
#include "lib/ops/op_def.hpp"

// Real weights stored as integers. The core products Conv2d, DepthwiseConv2d and Dense may have, besides w, operands
//   levels  s8 of w's shape, or u8 with two of four bits in a byte (half_bytes.hpp)
//   scale   f32 [OC]
// such that w = level * scale, rounded once, in every bit. They say nothing new, so that results and gradients are those of
// w; but they are what the kernel reads, and w needs no place.
namespace mote::ops {

inline constexpr std::size_t levels_operand = 4, scale_operand = 5;

[[nodiscard]] inline bool has_levels(const OpView& product) { return product.has_in(levels_operand); }
// w = level * scale, if there.
[[nodiscard]] Status expect_levels(const OpView& product);
[[nodiscard]] Tensor scaled_levels(const Tensor& levels, const Tensor& scale);

// The kernel, its header and all its operands; fields follow.
[[nodiscard]] KernelCall real_product_call(const OpView& product, std::string kernel, std::int64_t macs);

}  // namespace mote::ops
