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
// Into how many groups its input channels fall: as many as there are for depthwise convolutions.
[[nodiscard]] std::int64_t groups_of_channels(const OpView& product);
// Calls visit(weight index, input channel, output channel) for every weight. Layouts: Dense [ic][oc],
// Conv2d [kh][kw][ic of the group][oc], DepthwiseConv2d [kh][kw][oc] with oc reading channel oc / multiplier; the same
// for the integer products.
template <class Visit>
void for_each_weight(const OpView& product, Visit visit) {
  const std::int64_t weights = product.in(1).shape.elements();
  if (weights == 0) return;
  const Channels channels = channels_of(product);
  const std::int64_t groups = groups_of_channels(product);
  const std::int64_t group_inputs = channels.inputs / groups;
  const std::int64_t group_outputs = channels.outputs / groups;
  for (std::int64_t i = 0; i < weights; ++i) {
    const std::int64_t oc = i % channels.outputs;
    const std::int64_t ic = (i / channels.outputs) % group_inputs + oc / group_outputs * group_inputs;
    visit(static_cast<std::size_t>(i), static_cast<std::size_t>(ic), static_cast<std::size_t>(oc));
  }
}

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
