#include "passes/prune/needed_channels.hpp"

#include <algorithm>
#include <numeric>

namespace mote {
namespace {

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

  void tie(ValueId a, std::size_t a_channel, ValueId b, std::size_t b_channel) {
    parent_[root(a, a_channel)] = root(b, b_channel);
  }
  [[nodiscard]] bool is_needed(ValueId id, std::size_t channel) { return needed_[root(id, channel)]; }
  // True: it was not before.
  bool need(ValueId id, std::size_t channel) {
    const std::size_t set = root(id, channel);
    const bool news = !needed_[set];
    needed_[set] = true;
    return news;
  }

 private:
  std::size_t root(ValueId id, std::size_t channel) {
    std::size_t at = first_[*id] + channel;
    while (parent_[at] != at) at = parent_[at] = parent_[parent_[at]];
    return at;
  }

  std::vector<std::size_t> first_{}, parent_{};
  std::vector<bool> needed_{};
};

class Finder {
 public:
  Finder(const Graph& graph, const ChannelFacts& facts) : graph_(graph), facts_(facts), channels_(graph) {}

  KeptChannels run() {
    for (const ValueId id : graph_.inputs) need_all(id);
    for (const ValueId id : graph_.outputs) need_all(id);
    for (const Node& node : graph_.nodes) enter(node);
    do {
      while (spread()) {
      }
    } while (keep_one_each());
    return kept();
  }

 private:
  struct Product {
    ValueId input{}, output{};
    EssentialTerms essential;
  };

  void need_all(ValueId id) {
    if (!id || graph_.at(id).is_constant()) return;
    for (std::size_t c = 0; c < channel_count(graph_.at(id).type); ++c) channels_.need(id, c);
  }

  // Ties come before anything spreads, so that sets are complete; what was needed before stays needed.
  void enter(const Node& node) {
    const OpView op{graph_, node};
    const ChannelFlow flow = channel_flow(op);
    if (flow.kind == ChannelFlow::Kind::opaque) {
      for (const ValueId id : node.inputs) need_all(id);
      for (const ValueId id : node.outputs) need_all(id);
      return;
    }
    for (const ChannelTie& tie : flow.ties)
      for (const auto& [from, to] : tie.channels) tie_needs(node.inputs[tie.input], from, node.outputs[0], to);
    if (flow.kind == ChannelFlow::Kind::product)
      products_.push_back({node.inputs[0], node.outputs[0], EssentialTerms(op, *product_form(op), facts_[*node.inputs[0]])});
  }

  void tie_needs(ValueId a, std::size_t a_channel, ValueId b, std::size_t b_channel) {
    const bool needed = channels_.is_needed(a, a_channel) || channels_.is_needed(b, b_channel);
    channels_.tie(a, a_channel, b, b_channel);
    if (needed) channels_.need(b, b_channel);
  }

  // From the results of products to their operands. A constant result does not need them.
  bool spread() {
    bool news = false;
    for (auto product = products_.rbegin(); product != products_.rend(); ++product)
      for (std::size_t oc = 0; oc < facts_[*product->output].size(); ++oc) {
        if (!product->essential.any(oc) || facts_[*product->output][oc].constant) continue;
        if (!channels_.is_needed(product->output, oc)) continue;
        for (std::size_t ic = 0; ic < facts_[*product->input].size(); ++ic)
          if (product->essential.contains(ic, oc) && channels_.need(product->input, ic)) news = true;
      }
    return news;
  }

  // Values without any channel would not be values.
  bool keep_one_each() {
    bool news = false;
    for (std::uint32_t i = 0; i < graph_.values.size(); ++i) {
      const Value& value = graph_.values[i];
      if (value.is_constant() || channel_count(value.type) == 0 || any_needed(ValueId{i})) continue;
      channels_.need(ValueId{i}, 0);
      news = true;
    }
    return news;
  }

  bool any_needed(ValueId id) {
    for (std::size_t c = 0; c < channel_count(graph_.at(id).type); ++c)
      if (channels_.is_needed(id, c)) return true;
    return false;
  }

  KeptChannels kept() {
    KeptChannels kept(graph_.values.size());
    for (std::uint32_t i = 0; i < kept.size(); ++i) {
      if (graph_.values[i].is_constant()) continue;
      for (std::uint32_t c = 0; c < channel_count(graph_.values[i].type); ++c)
        if (channels_.is_needed(ValueId{i}, c)) kept[i].push_back(c);
    }
    return kept;
  }

  const Graph& graph_;
  const ChannelFacts& facts_;
  TiedChannels channels_;
  std::vector<Product> products_{};
};

}  // namespace

KeptChannels needed_channels(const Graph& graph, const ChannelFacts& facts) { return Finder(graph, facts).run(); }

}  // namespace mote
