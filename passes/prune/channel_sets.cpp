#include "passes/prune/channel_sets.hpp"

#include <numeric>

#include "passes/prune/product_form.hpp"

namespace mote {

std::vector<double> macs_by_channel(const Graph& graph) {
  std::vector<double> saved(graph.values.size(), 0.0);
  for (const Node& node : graph.nodes) {
    const OpView op{graph, node};
    if (!product_form(op)) continue;
    const bool depthwise = channel_flow(op).kind != ChannelFlow::Kind::product;
    for (const ValueId id : {node.inputs[0], node.outputs[0]}) {
      if (depthwise && id == node.inputs[0]) continue;  // its input's channels are its output's
      saved[*id] += static_cast<double>(node.op->macs(op)) / static_cast<double>(channel_count(graph.at(id).type));
    }
  }
  return saved;
}

ChannelSets::ChannelSets(const Graph& graph, std::span<const double> worth) : set_of_(graph.values.size()) {
  TiedChannels tied = tied_channels(graph);
  std::vector<std::optional<std::size_t>> number(tied.count());
  for (std::uint32_t i = 0; i < graph.values.size(); ++i) {
    const ValueId id{i};
    if (graph.at(id).is_constant()) continue;
    set_of_[i].resize(channel_count(graph.at(id).type));
    for (std::uint32_t c = 0; c < set_of_[i].size(); ++c) {
      if (tied.is_needed(id, c)) continue;
      auto& set = number[tied.set_of(id, c)];
      if (!set) {
        set = sets_.size();
        sets_.emplace_back();
      }
      sets_[*set].channels.emplace_back(id, c);
      sets_[*set].worth += worth[i];
      set_of_[i][c] = set;
    }
  }
}

std::optional<std::size_t> ChannelSets::set_of(ValueId id, std::size_t channel) const { return set_of_[*id][channel]; }

std::map<std::size_t, std::vector<std::size_t>> ChannelSets::families() const {
  std::map<std::size_t, std::vector<std::size_t>> families;
  for (std::size_t s = 0; s < sets_.size(); ++s) families[*sets_[s].channels.front().first].push_back(s);
  return families;
}

KeptChannels every_channel(const Graph& graph) {
  KeptChannels channels(graph.values.size());
  for (std::size_t i = 0; i < channels.size(); ++i) {
    if (graph.values[i].is_constant()) continue;
    channels[i].resize(channel_count(graph.values[i].type));
    std::iota(channels[i].begin(), channels[i].end(), 0U);
  }
  return channels;
}

KeptChannels channels_without(const Graph& graph, const ChannelSets& sets, std::span<const std::size_t> removed) {
  KeptChannels kept = every_channel(graph);
  for (const std::size_t set : removed)
    for (const auto& [id, channel] : sets.all()[set].channels) std::erase(kept[*id], channel);
  return kept;
}

}  // namespace mote
