#include "passes/prune/needed_channels.hpp"

#include <algorithm>

#include "passes/prune/tied_channels.hpp"

namespace mote {
namespace {

class Finder {
 public:
  Finder(const Graph& graph, const ChannelFacts& facts) : graph_(graph), facts_(facts), channels_(tied_channels(graph)) {}

  KeptChannels run() {
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

  void enter(const Node& node) {
    const OpView op{graph_, node};
    if (channel_flow(op).kind == ChannelFlow::Kind::product)
      products_.push_back({node.inputs[0], node.outputs[0], EssentialTerms(op, *product_form(op), facts_[*node.inputs[0]])});
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
