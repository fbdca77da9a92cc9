#include "passes/fit/thinned.hpp"

#include <algorithm>
#include <cmath>

#include "passes/prune/product_form.hpp"
#include "passes/prune/prune_weights.hpp"

namespace mote {
namespace {

constexpr int least_tenths = 2;  // fewer take more bytes with every kernel
constexpr int most_tenths = static_cast<int>(10.0 * most_zeros);

// What a share of zeros saves hardly depends on which weights they are: the smallest ones of every layer are found at
// once.
Graph roughly_thinned(Graph graph, double share) {
  for (const Node& node : graph.nodes) {
    const OpView op{graph, node};
    const auto form = product_form(op);
    if (!form || form->depthwise) continue;
    Tensor weights = op.constant(1);
    const auto values = weights.as<float>();
    std::vector<float> sizes;
    for (const float value : values) sizes.push_back(std::abs(value));
    const auto border = sizes.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(sizes.size()));
    std::ranges::nth_element(sizes, border);
    for (float& value : values)
      if (std::abs(value) < *border) value = 0.0F;
    graph.at(node.inputs[1]).data = std::make_shared<const Bytes>(std::move(weights.bytes));
  }
  return graph;
}

Result<bool> is_enough(const Graph& graph, const ShrinkOptions& options) {
  MOTE_TRY(const Plan plan, rough_plan(graph, options.rough));
  return options.limits.hold(footprint_of(plan));
}

}  // namespace

Result<std::optional<ThinnedNetwork>> thinned_to_fit(const ShrunkNetwork& network, const ShrinkOptions& options) {
  if (network.footprint.ram_bytes > options.limits.ram_bytes) return std::optional<ThinnedNetwork>{};
  for (int tenths = least_tenths; tenths <= most_tenths; ++tenths) {
    const double share = tenths / 10.0;
    MOTE_TRY(const bool may_be_enough, is_enough(roughly_thinned(network.graph, share), options));
    if (!may_be_enough) continue;
    auto thinned =
        prune_weights(network.graph, {.samples = options.rough.samples, .sources = options.sources, .share = share});
    if (!thinned && thinned.error().code == Code::usage) break;
    if (!thinned) return thinned.error();
    MOTE_TRY(ShrunkNetwork result, weighed_network(*std::move(thinned), options.rough));
    if (options.limits.hold(result.footprint))
      return std::optional(ThinnedNetwork{.network = std::move(result), .share = share});
  }
  return std::optional<ThinnedNetwork>{};
}

}  // namespace mote
