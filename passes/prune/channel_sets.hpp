#pragma once
#include <map>

#include "passes/prune/tied_channels.hpp"

namespace mote {

// Channels that can only be removed together, and that may be: no interface and no opaque operator has one of them.
struct ChannelSet {
  std::vector<std::pair<ValueId, std::uint32_t>> channels{};
  std::int64_t macs = 0;  // about what removing it alone saves
};

// All of a graph, in the order of their first channels.
class ChannelSets {
 public:
  explicit ChannelSets(const Graph& graph);
  [[nodiscard]] const std::vector<ChannelSet>& all() const { return sets_; }
  // The one that a channel is in; nothing: it has to stay.
  [[nodiscard]] std::optional<std::size_t> set_of(ValueId id, std::size_t channel) const;
  // Sets whose first channels belong to one value compete with each other: indices of sets by that value.
  [[nodiscard]] std::map<std::size_t, std::vector<std::size_t>> families() const;

 private:
  void count_macs(const OpView& op);
  std::vector<ChannelSet> sets_{};
  std::vector<std::vector<std::optional<std::size_t>>> set_of_{};  // by value and channel
};

}  // namespace mote
