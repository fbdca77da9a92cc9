#include "passes/fit/shrink.hpp"

#include <algorithm>

#include "passes/fit/relief.hpp"
#include "passes/fit/widths.hpp"
#include "passes/pass.hpp"
#include "passes/prune/channel_sets.hpp"
#include "passes/prune/compare_structures.hpp"
#include "passes/prune/prune.hpp"

namespace mote {
namespace {

constexpr double share_of_round = 0.05;

// Everything is fused and nothing is quantized.
Result<Graph> fused(const Graph& graph, const Target& target) {
  const std::span<const Pass> all = standard_pipeline();
  const auto end = std::ranges::find(all, "equalize", &Pass::name);
  MOTE_CHECK(end != all.end());
  const PassContext context{.target = target};
  MOTE_TRY(Graph result, run_passes(all.first(static_cast<std::size_t>(end - all.begin())), graph, context));
  return drop_channels(std::move(result), context);
}

class Shrinking {
 public:
  explicit Shrinking(const ShrinkOptions& options) : options_(options) {}

  Result<ShrunkNetworks> run(const Graph& graph) && {
    MOTE_TRY(const Graph whole, fused(graph, options_.rough.target));
    MOTE_TRY_STATUS(add_step(whole));
    if (options_.limits.hold(networks_.steps[0].footprint)) return std::move(networks_);
    MOTE_TRY(ShrunkNetwork least, weighed_network(narrowed(whole, least_widths_of(whole)), options_.rough));
    if (!options_.limits.hold(least.least())) {
      networks_.out_of_reach = std::move(least);
      return std::move(networks_);
    }
    const auto goal = [&](const Graph& now) { return next_round(now); };
    MOTE_TRY_STATUS(prune_structure(whole, {.samples = options_.rough.samples, .sources = options_.sources, .goal = goal}));
    return std::move(networks_);
  }

 private:
  Status add_step(const Graph& graph) {
    MOTE_TRY(ShrunkNetwork network, weighed_network(graph, options_.rough));
    networks_.steps.push_back(std::move(network));
    if (options_.progress) options_.progress(networks_.steps.back());
    return Ok{};
  }

  Result<std::optional<PruneRound>> next_round(const Graph& now) {
    if (is_begun_) MOTE_TRY_STATUS(add_step(now));
    is_begun_ = true;
    const Footprint& footprint = networks_.steps.back().footprint;
    if (footprint.ram_bytes > options_.limits.ram_bytes) {
      MOTE_TRY(std::optional<PruneRound> round, memory_round(now));
      if (round) return round;
    }
    return next_relief(now, footprint, options_.limits);
  }

  // Families go down to the widths that were found for memory, in rounds, for every one of which the rest is repaired.
  Result<std::optional<PruneRound>> memory_round(const Graph& now) {
    if (!is_wider(now)) {
      MOTE_TRY(const std::optional<FamilyWidths> widths, widths_for_memory(now, options_.rough, options_.limits.ram_bytes));
      widths_ = widths.value_or(least_widths_of(now));
      if (!is_wider(now)) return std::optional<PruneRound>{};
    }
    PruneRound round{.worth = macs_by_channel(now), .wanted = 0.0, .least = widths_};
    for (double& worth : round.worth) worth += 1.0;  // what is not worth any work must go all the same
    round.wanted = share_of_round * static_cast<double>(networks_.steps.back().macs);
    return std::optional(std::move(round));
  }

  [[nodiscard]] bool is_wider(const Graph& now) const {
    return std::ranges::any_of(widths_of(now), [&](const auto& width) {
      const auto found = widths_.find(width.first);
      return found != widths_.end() && width.second > found->second;
    });
  }

  const ShrinkOptions& options_;
  ShrunkNetworks networks_{};
  FamilyWidths widths_{};  // wanted for memory
  bool is_begun_ = false;
};

}  // namespace

Footprint ShrunkNetwork::least() const {
  return {.ram_bytes = std::min(footprint.ram_bytes, with_4_bit_weights.ram_bytes),
          .flash_bytes = std::min(footprint.flash_bytes, with_4_bit_weights.flash_bytes),
          .cycles = std::min(footprint.cycles, with_4_bit_weights.cycles)};
}

Result<ShrunkNetwork> weighed_network(Graph graph, const RoughOptions& rough) {
  ShrunkNetwork network{.graph = std::move(graph)};
  MOTE_TRY(const Plan plan, rough_plan(network.graph, rough));
  MOTE_TRY(const Plan narrow, rough_plan(network.graph, rough, {.narrow_weights = {"*"}}));
  network.macs = compare_structures(network.graph, network.graph).macs_after;
  network.footprint = footprint_of(plan);
  network.with_4_bit_weights = footprint_of(narrow);
  return network;
}

Result<ShrunkNetworks> shrink_to_fit(const Graph& graph, const ShrinkOptions& options) {
  return Shrinking(options).run(graph);
}

}  // namespace mote
