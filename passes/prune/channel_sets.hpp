#pragma once
#include <map>
#include <span>

#include "passes/prune/needed_channels.hpp"
#include "passes/prune/tied_channels.hpp"

namespace mote {

// Channels that can only be removed together, and that may be: no interface and no opaque operator has one of them.
struct ChannelSet {
  std::vector<std::pair<ValueId, std::uint32_t>> channels{};
  double worth = 0.0;  // the sum over its channels
};

// What removing one channel of a value saves in multiply-accumulates, by value: a share of the products on either side.
[[nodiscard]] std::vector<double> macs_by_channel(const Graph& graph);

// All of a graph, in the order of their first channels.
class ChannelSets {
 public:
  // `worth`: of one channel, by value.
  ChannelSets(const Graph& graph, std::span<const double> worth);
  [[nodiscard]] const std::vector<ChannelSet>& all() const { return sets_; }
  // The one that a channel is in; nothing: it has to stay.
  [[nodiscard]] std::optional<std::size_t> set_of(ValueId id, std::size_t channel) const;
  // Sets whose first channels belong to one value compete with each other: indices of sets by that value.
  [[nodiscard]] std::map<std::size_t, std::vector<std::size_t>> families() const;

 private:
  std::vector<ChannelSet> sets_{};
  std::vector<std::vector<std::optional<std::size_t>>> set_of_{};  // by value and channel
};

[[nodiscard]] KeptChannels every_channel(const Graph& graph);
// All but those of the sets with these indices.
[[nodiscard]] KeptChannels channels_without(const Graph& graph, const ChannelSets& sets, std::span<const std::size_t> removed);

}  // namespace mote
