#pragma once
#include "passes/prune/alike_channels.hpp"
#include "passes/prune/channel_flow.hpp"

namespace mote {

// All that a channel of a result depends on and that channels may differ in. Channels are multiples of each other if
// what has to be the same is, and what may be a multiple is, by the same factor.
struct ChannelSource {
  std::vector<std::uint32_t> same{};
  std::vector<double> multiple{};
};

// Which factors an operator passes on: f(s x) = s f(x).
enum class KeptFactors : std::uint8_t { one, positive, any };

struct ChannelSources {
  KeptFactors factors = KeptFactors::one;
  std::vector<ChannelSource> channels{};
};
[[nodiscard]] ChannelSources channel_sources(const OpView& op, const ChannelFlow& flow, const AlikeChannels& alike);
[[nodiscard]] std::vector<AlikeChannel> alike_among(const ChannelSources& sources);

}  // namespace mote
