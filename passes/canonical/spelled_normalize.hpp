#pragma once
#include "passes/rewriter.hpp"

// Normalizations written out in arithmetic, as exporters did before LayerNormalization was an operator of ONNX. False:
// not this form.
namespace mote {

// (x - mean) / sqrt(mean of (x - mean)^2 + epsilon), a Div, becomes Normalize.
[[nodiscard]] bool normalize_spelled(Rewriter& rewriter, const Node& node);
// A Mul or Add of a constant right behind a Normalize becomes its scale or bias.
[[nodiscard]] bool scale_of_normalize(Rewriter& rewriter, const Node& node);
[[nodiscard]] bool bias_of_normalize(Rewriter& rewriter, const Node& node);

}  // namespace mote
