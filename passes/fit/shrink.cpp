#include "passes/fit/shrink.hpp"

#include <algorithm>

#include "passes/fit/relief.hpp"
#include "passes/pass.hpp"
#include "passes/prune/compare_structures.hpp"
#include "passes/prune/prune.hpp"

namespace mote {
namespace {

// Everything is fused and nothing is quantized.
Result<Graph> fused(const Graph& graph, const Target& target) {
  const std::span<const Pass> all = standard_pipeline();
  const auto end = std::ranges::find(all, "equalize", &Pass::name);
  MOTE_CHECK(end != all.end());
  const PassContext context{.target = target};
  MOTE_TRY(Graph result, run_passes(all.first(static_cast<std::size_t>(end - all.begin())), graph, context));
  return drop_channels(std::move(result), context);
}

}  // namespace

Result<std::vector<ShrunkNetwork>> shrink_to_fit(const Graph& graph, const ShrinkOptions& options) {
  MOTE_TRY(const Graph whole, fused(graph, options.target));
  std::vector<ShrunkNetwork> networks;
  const auto weigh = [&](const Graph& now) -> Status {
    MOTE_TRY(const Plan plan, rough_plan(now, options.target, options.samples));
    networks.push_back({.graph = now, .macs = compare_structures(now, now).macs_after, .footprint = footprint_of(plan)});
    if (options.progress) options.progress(networks.back());
    return Ok{};
  };
  MOTE_TRY_STATUS(weigh(whole));
  if (options.limits.hold(networks.back().footprint)) return networks;
  const auto goal = [&](const Graph& now) -> Result<std::optional<PruneRound>> {
    const bool is_first = networks.size() == 1 && compare_structures(now, now).macs_after == networks[0].macs;
    if (!is_first) MOTE_TRY_STATUS(weigh(now));
    return next_relief(now, options.target, networks.back().footprint, options.limits);
  };
  MOTE_TRY_STATUS(prune_structure(whole, {.samples = options.samples, .sources = options.sources, .goal = goal}));
  return networks;
}

}  // namespace mote
