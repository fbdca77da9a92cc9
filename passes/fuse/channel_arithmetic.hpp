#pragma once
#include <optional>
#include <span>
#include <vector>

#include "lib/ops/op_def.hpp"
#include "passes/rewriter.hpp"

// Arithmetic on the constants of a core product (Conv2d, DepthwiseConv2d, Dense), in double, rounded once.
namespace mote {

// What a product does to its channels.
struct Channels {
  std::int64_t inputs = 0, outputs = 0;
};
[[nodiscard]] Channels channels_of(const OpView& product);

// weights[…, oc] * factor[oc]
[[nodiscard]] Tensor scaled_outputs(const OpView& product, std::span<const double> factor);
// Every weight times the factor of the input channel that it meets.
[[nodiscard]] Tensor scaled_inputs(const OpView& product, std::span<const double> factor);
// What a constant shift of each input channel adds to each output, where no tap is padded away.
[[nodiscard]] std::vector<double> response_to(const OpView& product, std::span<const double> shift);
// The bias, zeros where there is none.
[[nodiscard]] std::vector<double> bias_of(const OpView& product);

// y = x * values or x + values, one value per channel (last axis).
struct ChannelAffine {
  ValueId x{};
  ValueId constant{};
  std::vector<double> values{};
  bool multiplies = false;
};
[[nodiscard]] std::optional<ChannelAffine> channel_affine(const Rewriter& rewriter, const Node* node);

}  // namespace mote
