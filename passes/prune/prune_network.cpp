#include "passes/prune/prune_network.hpp"

#include <array>
#include <cstdio>
#include <limits>

#include "passes/prune/compare_structures.hpp"
#include "passes/prune/split_choices.hpp"

namespace mote {
namespace {

constexpr std::array shares_by_splits{0.0, 0.5, 1.0};  // of what is saved

std::int64_t macs_of(const Graph& graph) { return compare_structures(graph, graph).macs_after; }

std::string text_of(double share_by_splits, const Graph& graph, double loss) {
  char text[160];
  std::snprintf(text, sizeof text, "%.0f %% of the savings wanted from splitting convolutions: %lld multiply-accumulates, held-out loss %.4f",
                100.0 * share_by_splits, static_cast<long long>(macs_of(graph)), loss);
  return text;
}

}  // namespace

Result<Graph> prune_network(Graph graph, const NetworkPruneOptions& options) {
  MOTE_TRY(const ChosenSamples samples, samples_to_prune_by(graph, options.samples, options.sources));
  graph = with_own_parameters(std::move(graph));
  const std::int64_t whole = macs_of(graph);
  const auto wanted = static_cast<std::int64_t>(options.macs * static_cast<double>(whole));
  MOTE_TRY(const auto choices, split_choices(graph, samples));
  MOTE_TRY(OutputLoss judge, OutputLoss::start(graph, samples, OutputLoss::Samples::held_out));
  std::optional<Graph> best;
  double least = std::numeric_limits<double>::infinity();
  for (const double share : shares_by_splits) {
    const auto saved = static_cast<std::int64_t>(share * static_cast<double>(whole - wanted));
    const std::vector<SplitConvolution> splits = cheapest_splits(choices, saved);
    if (share > 0.0 && splits.empty()) break;
    const PruneOptions rest{.samples = options.samples,
                            .sources = options.sources,
                            .goal = keep_at_most(wanted),
                            .original = splits.empty() ? nullptr : &graph};
    MOTE_TRY(Graph pruned, prune_structure(with_splits(graph, splits), rest));
    judge.look_at(pruned);
    const double loss = judge.with({});
    if (options.progress) options.progress(text_of(share, pruned, loss));
    if (loss >= least) continue;
    least = loss;
    best = std::move(pruned);
  }
  MOTE_CHECK(best);
  return *std::move(best);
}

}  // namespace mote
