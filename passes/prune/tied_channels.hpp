#pragma once
#include <numeric>
#include <vector>

#include "passes/prune/channel_flow.hpp"

namespace mote {

// Channels of all values, in sets of those that exist together.
class TiedChannels {
 public:
  explicit TiedChannels(const Graph& graph) {
    std::size_t channels = 0;
    for (const Value& value : graph.values) {
      first_.push_back(channels);
      if (!value.is_constant()) channels += channel_count(value.type);
    }
    parent_.resize(channels);
    std::iota(parent_.begin(), parent_.end(), std::size_t{0});
    needed_.resize(channels, false);
  }

  // What one of them was needed for, both are.
  void tie(ValueId a, std::size_t a_channel, ValueId b, std::size_t b_channel) {
    const std::size_t from = set_of(a, a_channel), to = set_of(b, b_channel);
    if (needed_[from]) needed_[to] = true;
    parent_[from] = to;
  }
  [[nodiscard]] bool is_needed(ValueId id, std::size_t channel) { return needed_[set_of(id, channel)]; }
  // True: it was not before.
  bool need(ValueId id, std::size_t channel) {
    const std::size_t set = set_of(id, channel);
    const bool news = !needed_[set];
    needed_[set] = true;
    return news;
  }

  void need_all(const Graph& graph, ValueId id) {
    if (!id || graph.at(id).is_constant()) return;
    for (std::size_t c = 0; c < channel_count(graph.at(id).type); ++c) need(id, c);
  }
  // A number below count() that the channels of a set share.
  [[nodiscard]] std::size_t set_of(ValueId id, std::size_t channel) {
    std::size_t at = first_[*id] + channel;
    while (parent_[at] != at) at = parent_[at] = parent_[parent_[at]];
    return at;
  }
  [[nodiscard]] std::size_t count() const { return parent_.size(); }

 private:
  std::vector<std::size_t> first_{}, parent_{};
  std::vector<bool> needed_{};
};

// The sets of a graph, those needed that belong to its inputs and outputs or to operators that may do anything with
// them.
[[nodiscard]] TiedChannels tied_channels(const Graph& graph);

}  // namespace mote
