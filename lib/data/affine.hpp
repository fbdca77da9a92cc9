#pragma once
#include "lib/ir/tensor.hpp"

namespace mote {

// real = scale * (stored - zero point), one scale for the tensor. Quantizing computes real / scale in double, rounds
// to the nearest integer, ties to even, and saturates. Precondition: `type.quant` has one scale, the element type is an
// integer.
[[nodiscard]] Tensor quantized(const Tensor& reals, const TensorType& type);
[[nodiscard]] Tensor dequantized(const Tensor& stored, const TensorType& type);  // f32

// A sample for a network whose input may be quantized: converted if its type is `type` already but for that.
// Code::bad_data when the element types have nothing to do with each other.
[[nodiscard]] Result<Tensor> as_input(const Tensor& sample, const TensorType& type);
// An output as real numbers if it is quantized; otherwise as it is.
[[nodiscard]] Tensor as_reals(Tensor output, const TensorType& type);

}  // namespace mote
