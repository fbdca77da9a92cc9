#include "passes/prune/channel_sets.hpp"

#include "passes/prune/product_form.hpp"

namespace mote {

ChannelSets::ChannelSets(const Graph& graph) : set_of_(graph.values.size()) {
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
      set_of_[i][c] = set;
    }
  }
  for (const Node& node : graph.nodes)
    if (product_form({graph, node})) count_macs({graph, node});
}

// A share of the product for each of its channels, on either side.
void ChannelSets::count_macs(const OpView& op) {
  const std::int64_t macs = op.node.op->macs(op);
  const bool depthwise = channel_flow(op).kind != ChannelFlow::Kind::product;
  for (const ValueId id : {op.node.inputs[0], op.node.outputs[0]}) {
    if (depthwise && id == op.node.inputs[0]) continue;
    const auto channels = static_cast<std::int64_t>(set_of_[*id].size());
    for (const auto& set : set_of_[*id])
      if (set) sets_[*set].macs += macs / channels;
  }
}

std::optional<std::size_t> ChannelSets::set_of(ValueId id, std::size_t channel) const { return set_of_[*id][channel]; }

std::map<std::size_t, std::vector<std::size_t>> ChannelSets::families() const {
  std::map<std::size_t, std::vector<std::size_t>> families;
  for (std::size_t s = 0; s < sets_.size(); ++s) families[*sets_[s].channels.front().first].push_back(s);
  return families;
}

}  // namespace mote
