#pragma once
#include <cstdint>
#include <utility>
#include <vector>

#include "lib/ops/op_def.hpp"

// Channels are the positions along the last axis of a value, images being laid out with channels last; a flattened
// image has one per pixel and channel. A scalar has one.
namespace mote {

[[nodiscard]] std::size_t channel_count(const TensorType& type);

// Channels of an operand that exist exactly if channels of the result do.
struct ChannelTie {
  std::size_t input = 0;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> channels{};  // (of the operand, of the result)
};

// How a node handles channels:
//   opaque   it may do anything with them; all must stay
//   product  each channel of the result is a sum over the channels of operand 0; a residual is tied
//   tied     each channel of the result is computed from the tied channels of the operands alone, at every position
//            along the other axes by the same rule
struct ChannelFlow {
  enum class Kind : std::uint8_t { opaque, product, tied };
  Kind kind = Kind::opaque;
  std::vector<ChannelTie> ties{};
  std::vector<std::size_t> per_channel{};  // constant operands whose last axis is that of the result
};
[[nodiscard]] ChannelFlow channel_flow(const OpView& op);

}  // namespace mote
