#include "passes/fit/shrink.hpp"

#include <algorithm>

#include "passes/fit/memory_splits.hpp"
#include "passes/fit/relief.hpp"
#include "passes/fit/widths.hpp"
#include "passes/pass.hpp"
#include "passes/prune/channel_sets.hpp"
#include "passes/prune/compare_structures.hpp"
#include "passes/prune/output_loss.hpp"
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

// One way from the whole network to what fits: by channels alone, or with some convolutions split from the beginning.
class Shrinking {
 public:
  Shrinking(const ShrinkOptions& options, ShrunkNetwork whole) : options_(options) {
    networks_.steps.push_back(std::move(whole));
  }

  // `original`: of which `graph` is a form with splits.
  Result<ShrunkNetworks> run(const Graph& graph, const PruneOriginal* original) && {
    MOTE_TRY(ShrunkNetwork least, weighed_network(narrowed(graph, least_widths_of(graph)), options_.rough));
    if (!options_.limits.hold(least.least())) {
      networks_.out_of_reach = std::move(least);
      return std::move(networks_);
    }
    is_known_ = original == nullptr;
    const auto goal = [&](const Graph& now) { return next_round(now); };
    MOTE_TRY_STATUS(prune_structure(
        graph, {.samples = options_.rough.samples, .sources = options_.sources, .goal = goal, .original = original}));
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
    if (!is_known_) MOTE_TRY_STATUS(add_step(now));
    is_known_ = false;
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
  bool is_known_ = true;   // the next network is the last step
};

// Nothing: no split is of use.
Result<std::optional<ShrunkNetworks>> shrunk_with_splits(const Graph& whole, const ShrunkNetwork& start,
                                                         const ShrinkOptions& options) {
  const Graph original = with_own_parameters(whole);
  MOTE_TRY(const std::vector<WantedSplit> wanted, splits_for_memory(original, options.rough, options.limits.ram_bytes));
  if (wanted.empty()) return std::optional<ShrunkNetworks>{};
  MOTE_TRY(const ChosenSamples samples, samples_to_prune_by(original, options.rough.samples, options.sources));
  MOTE_TRY(const std::vector<SplitConvolution> splits, factored_splits(original, samples, wanted));
  MOTE_TRY(ProductReferences references, product_references(original, samples));
  const PruneOriginal known{original, samples, std::move(references)};
  MOTE_TRY(ShrunkNetworks networks, Shrinking(options, start).run(with_splits(original, splits), &known));
  networks.splits = splits.size();
  return std::optional(std::move(networks));
}

// By the outputs of the largest networks that may fit, for held-out samples.
Result<bool> is_nearer_to(const Graph& whole, const ShrunkNetworks& a, const ShrunkNetworks& b,
                          const ShrinkOptions& options) {
  MOTE_TRY(const ChosenSamples samples, samples_to_prune_by(whole, options.rough.samples, options.sources));
  MOTE_TRY(OutputLoss loss, OutputLoss::start(whole, samples, OutputLoss::Samples::held_out));
  const auto loss_of = [&](const ShrunkNetworks& networks) {
    loss.look_at(networks.steps[networks.largest_that_may_fit(options.limits)].graph);
    return loss.with({});
  };
  return loss_of(a) < loss_of(b);
}

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

std::size_t ShrunkNetworks::largest_that_may_fit(const FitLimits& limits) const {
  std::size_t first = 0;
  while (first + 1 < steps.size() && !limits.hold(steps[first].with_4_bit_weights)) ++first;
  return first;
}

Result<ShrunkNetworks> shrink_to_fit(const Graph& graph, const ShrinkOptions& options) {
  MOTE_TRY(const Graph whole, fused(graph, options.rough.target));
  MOTE_TRY(ShrunkNetwork start, weighed_network(whole, options.rough));
  if (options.progress) options.progress(start);
  if (options.limits.hold(start.footprint)) {
    ShrunkNetworks networks;
    networks.steps.push_back(std::move(start));
    return networks;
  }
  MOTE_TRY(ShrunkNetworks channels, Shrinking(options, start).run(whole, nullptr));
  if (start.footprint.ram_bytes <= options.limits.ram_bytes) return channels;
  MOTE_TRY(std::optional<ShrunkNetworks> splits, shrunk_with_splits(whole, start, options));
  if (!splits || splits->out_of_reach)
    return splits && channels.out_of_reach ? *std::move(splits) : std::move(channels);
  if (channels.out_of_reach) return *std::move(splits);
  MOTE_TRY(const bool is_nearer, is_nearer_to(whole, *splits, channels, options));
  return is_nearer ? *std::move(splits) : std::move(channels);
}

}  // namespace mote
