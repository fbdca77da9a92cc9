#pragma once
#include <cstddef>
#include <optional>

#include "lib/ops/op_def.hpp"

namespace mote {

// A product with constant weights, of real numbers (Conv2d, DepthwiseConv2d, Dense) or integers (the Quantized ones):
// x is operand 0, the weights are operand 1, the bias operand 2.
struct ProductForm {
  bool integer = false;
  bool depthwise = false;
  bool grouped = false;       // several groups of channels that are not depthwise
  bool padded = false;        // some windows reach into the padding
  double pad_value = 0.0;     // what is read there
  std::size_t residual = 3;   // operand
  std::size_t multiplier = 0; // operand; 0: none
};

// Nothing: another operator, weights and biases that are not constant, a table behind the sums, or
// weights that are there in another form as well.
[[nodiscard]] std::optional<ProductForm> product_form(const OpView& op);

}  // namespace mote
