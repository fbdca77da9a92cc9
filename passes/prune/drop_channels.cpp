#include <algorithm>

#include "lib/support/log.hpp"
#include "passes/fixpoint.hpp"
#include "passes/prune/alike_channels.hpp"
#include "passes/prune/prune.hpp"
#include "passes/prune/remove_channels.hpp"
#include "passes/prune/compare_structures.hpp"

namespace mote {
namespace {

std::size_t total(const KeptChannels& channels) {
  std::size_t sum = 0;
  for (const auto& kept : channels) sum += kept.size();
  return sum;
}

std::size_t total(const ChannelFacts& facts) {
  std::size_t sum = 0;
  for (const auto& channels : facts) sum += channels.size();
  return sum;
}

bool has_products(const Graph& graph) {
  return std::ranges::any_of(graph.nodes, [&](const Node& node) { return product_form({graph, node}).has_value(); });
}

std::optional<Graph> without_unneeded(const Graph& graph) {
  const ChannelFacts facts = channel_facts(graph);
  const KeptChannels kept = needed_channels(graph, facts);
  if (total(kept) == total(facts)) return std::nullopt;
  return remove_channels(graph, kept, facts);
}

// Weights are merged only where that leaves a channel out.
bool drop_once(Graph& graph) {
  std::optional<Graph> smaller = without_unneeded(graph);
  if (!smaller) {
    const std::optional<Graph> merged = merge_alike_channels(graph);
    if (merged) smaller = without_unneeded(*merged);
  }
  if (!smaller) return false;
  graph = *std::move(smaller);
  return true;
}

}  // namespace

Result<Graph> drop_channels(Graph graph, const PassContext& context) {
  if (context.keep_structure || !has_products(graph)) return graph;
  const Graph before = graph;
  // A channel that goes away may leave others constant, because the terms in the way of it are gone.
  to_fixpoint(graph, drop_once);
  const StructureReport report = compare_structures(before, graph);
  if (report.changed()) log_detail(summary_of(report));
  if (context.structure != nullptr) *context.structure = report;
  return graph;
}

}  // namespace mote
